import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a token is asked for. */
export interface TokenRequest {
  resource: string;
  /** Of a user-assigned identity; undefined: the system-assigned one. */
  clientId: string | undefined;
}

/** Why there is no token. */
export interface Refusal {
  status: number;
  message: string;
}

export const TOKEN_PATH = '/msi/token';
const API_VERSION = '2019-08-01';

/** What may stand in the query once, and what the client library adds by itself to have a new token. */
const PARAMETERS = ['api-version', 'resource', 'client_id', 'token_sha256_to_refresh', 'xms_cc'];

/**
 * Reads a request by the App Service protocol for managed identities.
 *
 * Stricter than the published one: each parameter once, none that isn't known, the identity by its client id only.
 *
 * @param secret - what the header `X-IDENTITY-HEADER` must hold
 * @see "How to use managed identities for App Service and Azure Functions", REST endpoint reference
 */
export function parseTokenRequest(request: IncomingMessage, secret: string): TokenRequest | Refusal {
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  if (!url || url.pathname !== TOKEN_PATH) return { status: 404, message: 'There is nothing here.' };
  if (request.method !== 'GET') return { status: 405, message: 'A token is asked for with GET.' };
  const shown = request.headers['x-identity-header'];
  if (typeof shown !== 'string' || !isSame(shown, secret)) {
    return { status: 401, message: 'The header X-IDENTITY-HEADER is missing or wrong.' };
  }
  const names = [...url.searchParams.keys()];
  const odd = names.find((name, index) => !PARAMETERS.includes(name) || names.indexOf(name) !== index);
  if (odd !== undefined) return { status: 400, message: `The parameter ${odd} is unknown or comes twice.` };
  if (url.searchParams.get('api-version') !== API_VERSION) {
    return { status: 400, message: `The parameter api-version must be ${API_VERSION}.` };
  }
  const resource = url.searchParams.get('resource');
  if (!resource) return { status: 400, message: 'The parameter resource is missing.' };
  return { resource, clientId: url.searchParams.get('client_id') ?? undefined };
}

/** Takes as long for a near miss as for a wild guess. */
function isSame(shown: string, secret: string): boolean {
  const [one, other] = [shown, secret].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
