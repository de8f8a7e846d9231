import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LONGEST_SHOWN = 100;

/**
 * Recognizes requests that a web page on another site makes this machine's browser send. What listens on loopback only is
 * still in their reach: a form posted across sites carries the page's `Origin`, and a name that was rebound to 127.0.0.1 stands
 * in `Host`. Programs such as curl send neither.
 *
 * Any port is accepted: a forwarded port may have another number on the other machine.
 *
 * @returns why the request is refused, for a person; undefined when it is not foreign
 */
export function foreignRequest({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (host !== undefined && !LOOPBACK.has(withoutPort(host))) {
    return (
      `Refused: the request is for the host ${shown(host)}, but only localhost and 127.0.0.1 are served here, so that no web site ` +
      'reaches this machine under a name of its own (DNS rebinding).'
    );
  }
  if (origin !== undefined && (host === undefined || origin !== `http://${host.toLowerCase()}`)) {
    return (
      `Refused: the request comes from a web page of the origin ${shown(origin)}. Only pages of this address may send requests ` +
      'that carry an Origin, so that no web site acts on this machine (cross-site request forgery).'
    );
  }
  return undefined;
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_SHOWN));
}
