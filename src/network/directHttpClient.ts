import { isIP } from 'node:net';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/**
 * The HTTP client of the Azure libraries, but without a proxy for loopback and link-local addresses, and for the identity endpoint:
 * a proxy must not see its secret header.
 *
 * The libraries apply `HTTP_PROXY`, `HTTPS_PROXY` and `ALL_PROXY` themselves, and do not support address ranges in `NO_PROXY`. So this
 * client decides for each request, after their proxy policy.
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

/** The environment variables with the URL of the platform's identity endpoint. */
const ENDPOINT_VARIABLES = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT'];

/** Whether requests to an address never use a proxy. */
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
