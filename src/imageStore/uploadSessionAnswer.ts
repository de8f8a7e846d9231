import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { UploadSession } from '../cleanup/model/uploadSession.ts';

/** The image store's dates: UTC, with up to 7 digits of a second. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/;

/** Before Service Fabric existed. Its own "no date" lies in the year 1 or 1601, and would make any session look abandoned. */
const FIRST_YEAR = 2010;

/**
 * Reads the answer to "Get Image Store Upload Session By Id".
 *
 * Strict about whose session it is, since a live upload depends on it; a field in no readable form is left out.
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
  if (!Array.isArray(sessions)) return { error: 'it holds no list of upload sessions' };
  if (sessions.length !== 1) return { error: `it holds ${sessions.length} upload sessions where one was asked for` };
  const fields = fieldsOf(sessions[0]);
  const id = fields['SessionId'];
  if (typeof id !== 'string' || id.toLowerCase() !== sessionId) return { error: 'it holds another upload session' };

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

/** The members of an object; of anything else none. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** 64-bit numbers travel as strings. */
export function readInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,19}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
}

function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !DATE.test(value)) return undefined;
  const date = new Date(value);
  // 30 February reads as 2 March, so the date is asked to come back as it went in.
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === value.slice(0, 19);
  return isReal && date.getUTCFullYear() >= FIRST_YEAR ? date : undefined;
}

/** All or nothing: a range that was left out would make a session look more complete than it is. */
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
