import { GUID } from './guid.ts';

declare const brand: unique symbol;

/** The id of an upload session: a GUID in lower case. Made by {@link parseSessionId} or {@link newSessionId} only. */
export type SessionId = string & { readonly [brand]: 'SessionId' };

const ALL_ZERO = '00000000-0000-0000-0000-000000000000';

/**
 * Reads a session id, in upper or lower case, as the gateway would.
 *
 * The all-zero GUID passes the gateway's parser and is refused by the store, so it is refused here as well.
 *
 * @returns the session id, or what is wrong with the text, as the end of a sentence
 */
export function parseSessionId(text: string): { id: SessionId } | { error: string } {
  if (!GUID.test(text)) {
    return { error: 'is not a GUID of 36 characters with hyphens, such as 6f9619ff-8b86-d011-b42d-00c04fc964ff' };
  }
  const id = text.toLowerCase() as SessionId;
  return id === ALL_ZERO ? { error: 'is the all-zero GUID, which the image store never uses' } : { id };
}

/** Reads a session id as people paste it: with spaces around it, or in braces. */
export function parsePastedSessionId(text: string): ReturnType<typeof parseSessionId> {
  const trimmed = text.trim();
  return parseSessionId(/^\{.*\}$/s.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed);
}

/** A new random session id that no upload session has. */
export function newSessionId(): SessionId {
  return crypto.randomUUID() as SessionId;
}
