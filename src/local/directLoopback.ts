import * as http from 'node:http';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const NO_PROXY = ['NO_PROXY', 'no_proxy'];
/** The addresses that all parts on this machine listen on. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

type Environment = Record<string, string | undefined>;

/**
 * The proxy variables of an environment, changed so that connections to this machine never use a proxy. Otherwise the storage
 * libraries would use it even for the emulator.
 *
 * A proxy without a scheme, such as `proxy:8080`, is common and means `http://`, but with it the storage libraries fail for every
 * connection. So they do with a value that is not a URL at all, which is removed (`undefined`).
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

/** Makes this process, and those that it starts, reach this machine without a proxy. Must be called before anything is sent. */
export function reachLoopbackDirectly(): void {
  for (const [name, value] of Object.entries(directLoopback(process.env))) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // With this variable, Node has already read the others at its start.
  if (process.env['NODE_USE_ENV_PROXY'] === '1') http.setGlobalProxyFromEnv(process.env);
}
