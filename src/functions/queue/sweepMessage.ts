import * as z from 'zod';

/** Asks for the sweep of one partition. A fanned-out sweep puts these messages on the queue. */
export interface SweepMessage {
  version: 1;
  sweepId: string;
  partition: string;
  /** When the sweep began. */
  requestedAt: Date;
}

const mustBePartition = 'must be the name of a session partition';

/** A valid partition key. Any other text would make the report of the message fail as well. */
const PARTITION = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

const schema = z.object({
  version: z.literal(1, 'must be 1; the message may be from a newer version of this app'),
  sweepId: z.guid('must be a GUID'),
  partition: z.string(mustBePartition).regex(PARTITION, mustBePartition),
  requestedAt: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with a time zone' })
    .transform((text) => new Date(text)),
});

/**
 * Reads a queue message as the host passes it: parsed if it was JSON.
 *
 * @returns the message, or what is wrong with it, without its values: they are untrusted
 */
export function readSweepMessage(message: unknown): SweepMessage | { error: string } {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? String(issue.path[0]) : undefined;
  return { error: where === undefined ? 'it is not a JSON object' : `its ${where} ${issue?.message}` };
}
