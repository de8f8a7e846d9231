import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AuthLevel } from './httpRoute.ts';

/** The keys of a host that checks keys. */
export interface HostKeys {
  /** For everything, including the admin routes. */
  masterKey?: string;
  /** For functions of level `function`. */
  hostKey?: string;
  /** Keys for one function each, by the function's name. */
  functionKeys?: Readonly<Record<string, string>>;
}

/**
 * @param query - of the request, with its question mark
 * @param functionName - of the function that is called; `undefined` for the admin routes
 * @returns whether the request has a key for this level
 */
export function isAllowed(
  keys: HostKeys,
  level: AuthLevel,
  request: IncomingMessage,
  query: string,
  functionName: string | undefined,
): boolean {
  if (level === 'anonymous') return true;
  // The header takes precedence over the query parameter, even if its key is wrong.
  const given = request.headers['x-functions-key'] ?? codeOf(query);
  if (typeof given !== 'string' || given === '') return false;
  const functionKey = functionName === undefined ? undefined : keys.functionKeys?.[functionName];
  const accepted = level === 'admin' ? [keys.masterKey] : [keys.masterKey, keys.hostKey, functionKey];
  return accepted.some((key) => key !== undefined && key !== '' && sameText(key, given));
}

function codeOf(query: string): string | undefined {
  for (const [name, value] of new URLSearchParams(query)) if (name.toLowerCase() === 'code') return value;
  return undefined;
}

/** Compares in constant time. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
