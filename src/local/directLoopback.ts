import * as http from 'node:http';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const NO_PROXY = ['NO_PROXY', 'no_proxy'];
/** Every part on this machine listens there. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

type Environment = Record<string, string | undefined>;

/**
 * The proxy variables of an environment, changed so that connections to this machine never go through a proxy: the storage
 * libraries would send those to the emulator there as well.
 *
 * A proxy without a scheme, such as `proxy:8080`, is common and means `http://`, but the storage libraries refuse it for every
 * connection; so does one that is no URL at all, and that one is left out (`undefined`).
 *
 * @see \@typespec/ts-http-runtime, proxyPolicy: it reads both spellings, the one in capitals first
 */
export function directLoopback(environment: Environment): Environment {
  const changed: Environment = {};
  for (const name of PROXIES) {
    const value = environment[name];
    if (!value) continue;
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    changed[name] = URL.canParse(url) ? url : undefined;
  }
  if (Object.keys(changed).length === 0) return {};
  const given = NO_PROXY.flatMap((name) => environment[name]?.split(',') ?? []).map((host) => host.trim());
  const hosts = [...new Set([...given, ...LOOPBACK])].filter((host) => host !== '').join(',');
  for (const name of NO_PROXY) changed[name] = hosts;
  return changed;
}

/** Has this process, and those that it starts, reach this machine directly. To be called before anything is sent. */
export function reachLoopbackDirectly(): void {
  for (const [name, value] of Object.entries(directLoopback(process.env))) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // Node has read the variables already, if it follows them.
  if (process.env['NODE_USE_ENV_PROXY'] === '1') http.setGlobalProxyFromEnv(process.env);
}
