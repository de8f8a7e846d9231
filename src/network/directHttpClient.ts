import { isIP } from 'node:net';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/**
 * The HTTP client of the Azure libraries, but never through a proxy to this machine: not to loopback and link-local addresses, and
 * not to the identity endpoint, whose secret header a proxy must not see.
 *
 * The libraries read `HTTP_PROXY`, `HTTPS_PROXY` and `ALL_PROXY` by themselves, and their `NO_PROXY` has no address ranges. So each
 * request is decided on here, after their proxy policy.
 */
export function directHttpClient(): HttpClient {
  const client = createDefaultHttpClient();
  return {
    sendRequest(request) {
      if (request.agent && isDirect(new URL(request.url))) delete request.agent;
      return client.sendRequest(request);
    },
  };
}

/** Where the platform's identity endpoint is. */
const ENDPOINT_VARIABLES = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT'];

/** Whether an address is never asked for through a proxy. */
export function isDirect({ hostname, host }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4 && /^(127|169\.254)\./.test(name)) return true;
  if (isIP(name) === 6 && /^(::1$|::ffff:(7f|a9fe)|fe[89ab])/.test(name)) return true;
  return ENDPOINT_VARIABLES.some((variable) => hostOf(process.env[variable]) === host);
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/**
 * Gives a proxy that is named without a scheme, such as `10.0.0.1:3128`, the one that other tools assume. The Azure libraries throw
 * at their creation otherwise. One that is not an address at all is left out: the libraries could not use it.
 *
 * @param environment - is changed
 */
export function completeProxyVariables(environment: Record<string, string | undefined>): void {
  for (const name of PROXY_VARIABLES) {
    const value = environment[name]?.trim();
    if (!value) continue;
    const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    if (URL.canParse(complete)) environment[name] = complete;
    else delete environment[name];
  }
}
