import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { UploadSession } from '../cleanup/model/uploadSession.ts';

/** The image store's dates: UTC, with up to 7 digits of a second. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/;

/** Service Fabric did not exist before. Its "no date" is in the year 1 or 1601, and would make any session look abandoned. */
const FIRST_YEAR = 2010;

/**
 * Reads the answer to "Get Image Store Upload Session By Id".
 *
 * It rejects an answer about another session, because a live upload depends on that. It leaves out a field that it cannot read.
 *
 * @param body - the answer's whole body
 * @param sessionId - the session that was asked for
 * @returns the session, or what is wrong with the answer, as the end of a sentence
 */
export function readUploadSession(body: string, sessionId: SessionId): { session: UploadSession } | { error: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { error: 'it is not JSON' };
  }
  const sessions = fieldsOf(parsed)['UploadSessions'];
  if (!Array.isArray(sessions)) return { error: 'it has no list of upload sessions' };
  if (sessions.length !== 1) return { error: `it has ${sessions.length} upload sessions, expected one` };
  const fields = fieldsOf(sessions[0]);
  const id = fields['SessionId'];
  if (typeof id !== 'string' || id.toLowerCase() !== sessionId) return { error: 'it is about another upload session' };

  const session: UploadSession = { sessionId };
  const path = fields['StoreRelativePath'];
  const size = readInteger(fields['FileSize']);
  const modifiedAt = readDate(fields['ModifiedDate']);
  const missing = readRanges(fields['ExpectedRanges']);
  if (typeof path === 'string') session.storeRelativePath = path;
  if (size !== undefined) session.fileSizeBytes = size;
  if (modifiedAt) session.modifiedAt = modifiedAt;
  if (missing) session.missingRanges = missing;
  return { session };
}

/** The members of an object; an empty object for anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Reads a whole number; the image store sends 64-bit numbers as strings. */
export function readInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,19}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
}

function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !DATE.test(value)) return undefined;
  const date = new Date(value);
  // `Date` reads 30 February as 2 March, so the result is compared with the text.
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === value.slice(0, 19);
  return isReal && date.getUTCFullYear() >= FIRST_YEAR ? date : undefined;
}

/** @returns `undefined` if one range cannot be read: without that range the session would look more complete than it is */
function readRanges(value: unknown): UploadSession['missingRanges'] {
  if (!Array.isArray(value)) return undefined;
  const ranges: { start: number; end: number }[] = [];
  for (const item of value) {
    const fields = fieldsOf(item);
    const start = readInteger(fields['StartPosition']);
    const end = readInteger(fields['EndPosition']);
    if (start === undefined || end === undefined || end < start) return undefined;
    ranges.push({ start, end });
  }
  return ranges;
}
