import type { HostFunction } from '../hostFunction.ts';
import type { Listener, TriggerHost } from '../triggers.ts';
import type { AuthLevel, HttpRoute } from './httpRoute.ts';
import { parseRouteTemplate } from './routeTemplate.ts';

const ALL_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'];

export function httpTrigger(fn: HostFunction, host: TriggerHost): Listener {
  const options = fn.trigger as { route?: unknown; methods?: unknown; authLevel?: unknown };
  const own = String(options.route ?? '').trim() || fn.name;
  if (/^\/*(admin|runtime)/i.test(own)) {
    throw new Error('The specified route conflicts with one or more built in routes.');
  }
  const path = [host.hostJson.routePrefix, own.replace(/^\/+|\/+$/g, '')].filter((part) => part !== '').join('/');
  const named = Array.isArray(options.methods) ? options.methods.map((method) => String(method).toUpperCase()) : [];
  const methods = named.length > 0 ? named : ALL_METHODS;
  // The package always sets a level. The host's own default is stricter than the package's.
  const authLevel = String(options.authLevel ?? 'function').toLowerCase() as AuthLevel;
  const route: HttpRoute = { fn, methods, authLevel, template: parseRouteTemplate(path) };
  return {
    describe: (address) => `${fn.name}: [${methods.join(',')}] ${address}/${path}`,
    start: () => host.addRoute(route),
    stop: async () => {},
    adminInput: async () => {
      throw new Error(`Exception binding parameter '${fn.trigger.name}'. An HttpRequest is required.`);
    },
  };
}
