import { parseSessionId, type SessionId } from '../../src/cleanup/model/sessionId.ts';

/** A text as a session id. @throws {TypeError} if it is not one */
export function asSessionId(text: string): SessionId {
  const parsed = parseSessionId(text);
  if ('id' in parsed) return parsed.id;
  throw new TypeError(`${JSON.stringify(text)} ${parsed.error}.`);
}
