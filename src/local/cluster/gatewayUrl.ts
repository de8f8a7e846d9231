/** The operations of the gateway; `unknown` for a request that it does not recognize. */
export const OPERATIONS = [
  'uploadChunk',
  'getSession',
  'getSessionsOfPath',
  'commit',
  'delete',
  'storeInfo',
  'entraMetadata',
  'unknown',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A request's method and URL, as the gateway understands them. */
export interface GatewayCall {
  operation: Operation;
  /** Percent-encoded, as in the URL. Empty if the operation has none. */
  path: string;
  /** As in the query, valid or not; `undefined` if there is none. */
  sessionId: string | undefined;
  /** The server's timeout; `undefined` if it is missing, or not an unsigned 32-bit number, which the gateway ignores. */
  timeoutSeconds: number | undefined;
}

const IMAGE_STORE = 'ImageStore';
/** The API versions of operations other than those of upload sessions. */
const API_VERSIONS: Partial<Record<Operation, string>> = { entraMetadata: '1.0', storeInfo: '6.5' };
const UPLOAD_SESSIONS_VERSION = '6.0';
const MAX_UINT32 = 4_294_967_295;

/**
 * Reads method and URL by the gateway's own rules: names and values of the query are compared literally (no percent-decoding,
 * case-sensitive), the first of two equal names counts, and a parameter without exactly one name and one value is ignored. Empty path
 * segments are ignored. A method that the path does not support makes the whole request unknown: the gateway does not answer 404 or 405
 * here.
 *
 * The real gateway accepts every API version from 1.0 to its own. The documentation says "must be 6.0", so other versions are rejected
 * here.
 *
 * @param linux - whether it is a Linux cluster, which has no operations for upload sessions
 * @see httpgateway/GatewayUri.cpp of microsoft/service-fabric
 */
export function parseGatewayUrl(method: string, url: string, linux: boolean): GatewayCall {
  const questionMark = url.indexOf('?');
  const query = parseQuery(questionMark < 0 ? '' : url.slice(questionMark + 1));
  const segments = (questionMark < 0 ? url : url.slice(0, questionMark)).split('/').filter((part) => part !== '');
  const timeout = query.get('timeout');

  let operation = url.startsWith('/') ? operationOf(method, segments) : 'unknown';
  if (query.get('api-version') !== (API_VERSIONS[operation] ?? UPLOAD_SESSIONS_VERSION)) operation = 'unknown';
  if (linux && operation !== 'entraMetadata') operation = 'unknown';
  return {
    operation,
    path: segments.slice(1, -2).join('/'),
    sessionId: query.get('session-id'),
    timeoutSeconds:
      timeout && /^\d{1,10}$/.test(timeout) && Number(timeout) <= MAX_UINT32 ? Number(timeout) : undefined,
  };
}

function operationOf(method: string, segments: readonly string[]): Operation {
  const [first, ...rest] = segments;
  const isKnown = segments.at(-2) === '$' && segments.indexOf('$') === segments.length - 2;
  if (!isKnown) return 'unknown';
  if (segments.length === 2) return method === 'GET' && segments[1] === 'GetAadMetadata' ? 'entraMetadata' : 'unknown';
  if (first !== IMAGE_STORE) return 'unknown';
  switch (`${method} ${rest.length > 2 ? 'path ' : ''}${segments.at(-1)}`) {
    case 'DELETE DeleteUploadSession':
      return 'delete';
    case 'GET GetUploadSession':
      return 'getSession';
    case 'GET path GetUploadSession':
      return 'getSessionsOfPath';
    case 'PUT path UploadChunk':
      return 'uploadChunk';
    case 'POST CommitUploadSession':
      return 'commit';
    case 'GET Info':
      return 'storeInfo';
    default:
      return 'unknown';
  }
}

function parseQuery(query: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const parameter of query.split('&')) {
    const [name, value, ...more] = parameter.split('=').filter((part) => part !== '');
    if (name === undefined || value === undefined || more.length > 0 || values.has(name)) continue;
    values.set(name, value);
  }
  return values;
}

/** A limit for file names, below that of file systems. */
const MAX_SEGMENT_LENGTH = 200;

/**
 * Decodes the path of a file in the image store.
 *
 * @returns `undefined` if it is not the path of a file: it has an invalid encoding, `.` or `..`, a control character, a drive or a
 *   backslash
 */
export function parseStoreRelativePath(encoded: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  const isFileName = (name: string) =>
    name !== '' && name !== '.' && name !== '..' && name.length <= MAX_SEGMENT_LENGTH && !/[\p{Cc}\\:]/u.test(name);
  return path.split('/').every(isFileName) ? path : undefined;
}

// Not shared with the client on purpose: otherwise a mistake in the rule would be on both sides.
const GUID = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;
const ALL_ZERO = '00000000-0000-0000-0000-000000000000';

/**
 * Reads a session id by the gateway's rule.
 *
 * The gateway treats a missing id like the all-zero one, and every operation rejects both like an invalid one.
 *
 * @returns in lower case; `undefined` if operations reject it
 * @see Common/Guid.cpp and httpgateway/UriArgumentParser.cpp of microsoft/service-fabric
 */
export function parseGuid(text: string | undefined): string | undefined {
  if (text === undefined || !GUID.test(text) || text === ALL_ZERO) return undefined;
  return text.toLowerCase();
}

/** Whether the gateway rejects the call because of its session id, before it asks the image store's primary. */
export function isRefusedByGateway({ operation, sessionId }: GatewayCall): boolean {
  if (operation === 'getSessionsOfPath' || operation === 'storeInfo') return false;
  return parseGuid(sessionId) === undefined;
}
