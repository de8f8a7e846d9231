import * as v from 'valibot';
import { parseInstant } from '../../wire/parseInstant.ts';

/** Asks for the sweep of one partition. A fanned-out sweep puts these messages on the queue. */
export interface SweepMessage {
  version: 1;
  sweepId: string;
  partition: string;
  /** When the sweep began. */
  requestedAt: Date;
}

/** A valid partition key. Any other text would make the report of the message fail as well. */
const PARTITION = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

const MUST_BE_GUID = 'must be a GUID';
const MUST_BE_PARTITION = 'must be the name of a session partition';
const MUST_BE_INSTANT = 'must be an ISO 8601 time with a time zone';

const schema = v.object(
  {
    version: v.literal(1, 'must be 1; the message may be from a newer version of this app'),
    sweepId: v.pipe(v.string(MUST_BE_GUID), v.uuid(MUST_BE_GUID)),
    partition: v.pipe(v.string(MUST_BE_PARTITION), v.regex(PARTITION, MUST_BE_PARTITION)),
    requestedAt: v.pipe(v.string(MUST_BE_INSTANT), v.transform(parseInstant), v.date(MUST_BE_INSTANT)),
  },
  'is missing',
);

/**
 * Reads a queue message as the host passes it: parsed if it was JSON.
 *
 * @returns the message, or what is wrong with it, without its values: they are untrusted
 */
export function readSweepMessage(message: unknown): SweepMessage | { error: string } {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return parsed.output;
  const [{ path, message: rule }] = parsed.issues;
  return { error: path === undefined ? 'it is not a JSON object' : `its ${path[0].key} ${rule}` };
}
