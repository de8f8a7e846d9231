import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a managed identity endpoint received. */
export interface TokenRequest {
  resource: string;
  clientId: string | undefined;
}

/** The managed identity endpoint that Azure gives to an app, as the app sees it. */
export interface ManagedIdentityEndpoint {
  /** For the app's environment: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  environment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  /** All well-formed requests. */
  requests: TokenRequest[];
  /** All tokens that it issued. */
  tokens: string[];
  /** The lifetime of tokens that are issued from now on. */
  lifetimeSeconds: number;
  /** The user-assigned identities that the app has, by their client ids. */
  clientIds: Set<string>;
  /** Answers in place of the endpoint. */
  misbehave: ((response: ServerResponse) => void) | undefined;
  /** Resets everything but its address and the tokens, and answers the pending requests. */
  reset(): void;
  close(): Promise<void>;
}

const API_VERSION = '2019-08-01';
const PATH = '/msi/token/';
const DAY_SECONDS = 86_400;

/**
 * Starts an endpoint with the protocol of App Service and Functions, which rejects the same requests as the real one. Unlike the real
 * one it does not cache tokens: each request gets a new one, so that a test can distinguish them.
 *
 * @see "REST endpoint reference" in "How to use managed identities for App Service and Azure Functions"
 */
export async function startManagedIdentity(): Promise<ManagedIdentityEndpoint> {
  const secret = randomUUID();
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    if (endpoint.misbehave) endpoint.misbehave(response);
    else answer(endpoint, secret, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint: ManagedIdentityEndpoint = {
    environment: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}${PATH}`, IDENTITY_HEADER: secret },
    requests: [],
    tokens: [],
    lifetimeSeconds: DAY_SECONDS,
    clientIds: new Set(),
    misbehave: undefined,
    reset() {
      endpoint.requests.length = 0;
      endpoint.lifetimeSeconds = DAY_SECONDS;
      endpoint.clientIds.clear();
      endpoint.misbehave = undefined;
      for (const response of open) send(response, 400, { statusCode: 400, message: 'The test is over.' });
    },
    async close() {
      endpoint.reset();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return endpoint;
}

function answer(
  endpoint: ManagedIdentityEndpoint,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '', 'http://endpoint');
  const resource = url.searchParams.get('resource') ?? '';
  const clientId = url.searchParams.get('client_id') ?? undefined;
  const refusal = refuse(endpoint, secret, request, url);
  if (refusal) {
    const [statusCode, message] = refusal;
    send(response, statusCode, { statusCode, message });
    return;
  }
  endpoint.requests.push({ resource, clientId });
  const token = makeToken(resource, endpoint.lifetimeSeconds);
  endpoint.tokens.push(token);
  send(response, 200, {
    access_token: token,
    expires_on: String(nowSeconds() + endpoint.lifetimeSeconds),
    resource,
    token_type: 'Bearer',
    client_id: clientId ?? randomUUID(),
  });
}

function refuse(
  endpoint: ManagedIdentityEndpoint,
  secret: string,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
): [status: number, message: string] | undefined {
  const resource = searchParams.get('resource');
  const clientId = searchParams.get('client_id');
  if (pathname !== PATH) return [404, 'Not Found'];
  if (request.method !== 'GET') return [405, 'Method Not Allowed'];
  // The header protects tokens from server-side request forgery.
  if (request.headers['x-identity-header'] !== secret) return [401, 'Unauthorized'];
  if (searchParams.get('api-version') !== API_VERSION) return [400, 'Unsupported api-version.'];
  if (!resource || resource.endsWith('/.default')) return [400, 'The resource is missing or invalid.'];
  if (clientId !== null && !endpoint.clientIds.has(clientId)) {
    return [400, 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.'];
  }
  return undefined;
}

/** A text in the form of a token, without a valid signature. */
function makeToken(audience: string, lifetimeSeconds: number): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = { aud: audience, exp: nowSeconds() + lifetimeSeconds, roles: ['Admin'], jti: randomUUID() };
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}.${randomUUID().replaceAll('-', '')}`;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
