import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request for a token. */
export interface TokenRequest {
  resource: string;
  /** Of a user-assigned identity; `undefined` for the system-assigned one. */
  clientId: string | undefined;
}

/** Why there is no token. */
export interface Refusal {
  status: number;
  message: string;
}

export const TOKEN_PATH = '/msi/token';
const API_VERSION = '2019-08-01';

/** The known query parameters. The client library adds the last two itself to get a new token. */
const PARAMETERS = ['api-version', 'resource', 'client_id', 'token_sha256_to_refresh', 'xms_cc'];

/**
 * Reads a request by the App Service protocol for managed identities.
 *
 * It is stricter than the real endpoint: it rejects repeated and unknown parameters, and accepts an identity only by its client id.
 *
 * @param secret - the expected value of the header `X-IDENTITY-HEADER`
 * @see "How to use managed identities for App Service and Azure Functions", REST endpoint reference
 */
export function parseTokenRequest(request: IncomingMessage, secret: string): TokenRequest | Refusal {
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  if (!url || url.pathname !== TOKEN_PATH) return { status: 404, message: `Not found: the path is ${TOKEN_PATH}.` };
  if (request.method !== 'GET') return { status: 405, message: 'The method must be GET.' };
  const given = request.headers['x-identity-header'];
  if (typeof given !== 'string' || !isEqual(given, secret)) {
    return { status: 401, message: 'The header X-IDENTITY-HEADER is missing or wrong.' };
  }
  const names = [...url.searchParams.keys()];
  const unexpected = names.find((name, index) => !PARAMETERS.includes(name) || names.indexOf(name) !== index);
  if (unexpected !== undefined) return { status: 400, message: `The parameter ${unexpected} is unknown or repeated.` };
  if (url.searchParams.get('api-version') !== API_VERSION) {
    return { status: 400, message: `The parameter api-version must be ${API_VERSION}.` };
  }
  const resource = url.searchParams.get('resource');
  if (!resource) return { status: 400, message: 'The parameter resource is missing.' };
  return { resource, clientId: url.searchParams.get('client_id') ?? undefined };
}

/** Compares in constant time. */
function isEqual(given: string, secret: string): boolean {
  const [one, other] = [given, secret].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
