import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../../settings/settings.ts';
import { badRequest, shown } from './apiProblem.ts';

/**
 * Makes the token of a list's next page: the position, sealed for this list, its filters, this cluster and this storage. A
 * token that was altered, or that belongs to another list or another app, is refused.
 *
 * The seal's key comes from the settings, so that every instance has it; a storage key that is rolled ends the tokens. With an
 * identity in place of a storage key the settings hold no secret: then a mistake is found and a wilful forgery is not, which
 * leads nowhere but into the list that its maker may read anyway.
 *
 * @param list - the list and its filters
 * @param position - as the storage gave it
 */
export function sealToken(settings: Settings, list: object, position: string): string {
  const payload = Buffer.from(position).toString('base64url');
  return `${payload}.${seal(settings, list, payload)}`;
}

/** @throws {ApiProblem} 400 for a token that was not made for this list */
export function openToken(settings: Settings, list: object, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const [payload = '', given = '', ...rest] = token.split('.');
  const right = Buffer.from(seal(settings, list, payload));
  const givenBytes = Buffer.from(given);
  const isOurs = rest.length === 0 && givenBytes.length === right.length && timingSafeEqual(givenBytes, right);
  if (isOurs) return Buffer.from(payload, 'base64url').toString();
  const detail = `is ${shown(token)}, but must be a token of this list, asked for with the same filters; begin without one`;
  throw badRequest('Not a valid query', [{ name: 'continuationToken', detail }]);
}

function seal({ storage, cluster }: Settings, list: object, payload: string): string {
  const key = createHash('sha256')
    .update(JSON.stringify(['continuation token', storage, cluster.name]))
    .digest();
  return createHmac('sha256', key)
    .update(JSON.stringify([list, payload]))
    .digest('base64url')
    .slice(0, 22);
}
