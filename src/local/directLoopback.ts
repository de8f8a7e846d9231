import * as http from 'node:http';
import { completeProxyVariables, PROXY_VARIABLES } from '../network/proxyVariables.ts';

const NO_PROXY = ['NO_PROXY', 'no_proxy'];
/** The addresses that all parts on this machine listen on. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

type Environment = Record<string, string | undefined>;

/**
 * The proxy variables of an environment, changed so that connections to this machine never use a proxy. Otherwise the storage
 * libraries would use it even for the emulator.
 *
 * @returns the changed variables; `undefined` for one that is not an address and must be removed
 * @see \@typespec/ts-http-runtime, proxyPolicy: it reads both spellings, the one in capitals first
 */
export function directLoopback(environment: Environment): Environment {
  const changed: Environment = {};
  const complete = { ...environment };
  completeProxyVariables(complete);
  for (const name of PROXY_VARIABLES) if (environment[name]) changed[name] = complete[name];
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
