import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../../settings/settings.ts';
import { badRequest, shown } from './apiProblem.ts';

/**
 * Makes the token for the next page of a list: the position, signed for this list, its filters, this cluster and this storage. A
 * token that was changed, or that belongs to another list or app, is rejected.
 *
 * The key of the signature is derived from the settings, so that every instance has it. Rotating the storage key invalidates the
 * tokens. With an identity instead of a storage key the settings contain no secret: mistakes are still found, but a token can be
 * forged. A forged token only gives access to the list that its caller may read anyway.
 *
 * @param list - the list and its filters
 * @param position - the continuation token of the storage; `undefined` on the last page
 */
export function signToken(settings: Settings, list: object, position: string | undefined): string | undefined {
  if (position === undefined) return undefined;
  const payload = Buffer.from(position).toString('base64url');
  return `${payload}.${signatureOf(settings, list, payload)}`;
}

/** @returns the position in a token. @throws {ApiProblem} 400 for a token that was not made for this list */
export function verifyToken(settings: Settings, list: object, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const [payload = '', given = '', ...rest] = token.split('.');
  const expected = Buffer.from(signatureOf(settings, list, payload));
  const givenBytes = Buffer.from(given);
  const isValid = rest.length === 0 && givenBytes.length === expected.length && timingSafeEqual(givenBytes, expected);
  if (isValid) return Buffer.from(payload, 'base64url').toString();
  const detail = `is ${shown(token)}, but must be a token of this list with the same filters; start without one`;
  throw badRequest('Not a valid query', [{ name: 'continuationToken', detail }]);
}

function signatureOf({ storage, cluster }: Settings, list: object, payload: string): string {
  const key = createHash('sha256')
    .update(JSON.stringify(['continuation token', storage, cluster.name]))
    .digest();
  return createHmac('sha256', key)
    .update(JSON.stringify([list, payload]))
    .digest('base64url')
    .slice(0, 22);
}
