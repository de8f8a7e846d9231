import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LONGEST_SHOWN = 100;

/**
 * Recognizes requests that a web page of another site makes a browser on this machine send. They can reach a listener on loopback: a
 * cross-site form post has the page's `Origin`, and with DNS rebinding `Host` has the other site's name. Programs such as curl send
 * neither.
 *
 * Any port is accepted: a forwarded port may have another number on the other machine.
 *
 * @returns why the request is refused, for a person; `undefined` if it is allowed
 */
export function foreignRequest({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (host !== undefined && !LOOPBACK.has(withoutPort(host))) {
    return (
      `Refused: the request is for the host ${shown(host)}, but only localhost and 127.0.0.1 are served here, so that no web site ` +
      'can reach this machine through its own name (DNS rebinding).'
    );
  }
  if (origin !== undefined && (host === undefined || origin !== `http://${host.toLowerCase()}`)) {
    return (
      `Refused: the request comes from a web page of the origin ${shown(origin)}. Only pages of this address may send requests ` +
      'with an Origin, so that no web site can act on this machine (cross-site request forgery).'
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
