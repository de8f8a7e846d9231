import * as z from 'zod';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { parseDuration } from '../../settings/duration.ts';

const MAX_ITEMS = 1000;

/** A whole number in a query, in digits only: an empty string, 1e3 and 0x10 are invalid. */
const wholeNumber = (least: number, most: number, number: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    atLeast(least, most, number),
  );

const atLeast = (least: number, most: number, number: z.ZodNumber) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return number.int({ error }).min(least, { error }).max(most, { error });
};

/** The maximum number of items on a page. */
export const limit = wholeNumber(1, MAX_ITEMS, z.number({ error: `must be a whole number from 1 to ${MAX_ITEMS}` }))
  .default(100)
  .describe('The maximum number of items on a page. A page may contain fewer items and still have a next page.');

export const continuationToken = z
  .string()
  .max(4096, 'must be the continuationToken of an earlier page')
  .optional()
  .describe('The token of an earlier page that was requested with the same filters.');

/** An ISO 8601 time with a time zone. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with a time zone, such as 2026-11-22T10:00:00Z' })
  .transform((text) => new Date(text));

/** A time span; the default is everything that is kept. */
export const timeSpan = {
  since: instant
    .optional()
    .describe('Only of runs that began at or after this time. Default: everything that is kept.'),
  until: instant.optional().describe('Only of runs that began at or before this time.'),
};

/** A duration without activity; milliseconds once it is read. */
export const olderThan = z
  .string({ error: 'must be a duration from 1m to 30d, such as 15m' })
  .transform((text, context) => {
    const parsed = parseDuration(text, '1m', '30d');
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'must be a duration from 1m to 30d, such as 15m' });
    return z.NEVER;
  })
  .optional()
  .meta({
    description: 'How long without activity makes a session stale, such as `30m`, `2h` or `1d`. Default: STALE_AFTER.',
    examples: ['30m'],
  });

/** A session id as a filter. */
export const sessionIdFilter = z
  .string()
  .transform((text, context) => {
    const parsed = parseSessionId(text);
    if ('id' in parsed) return parsed.id;
    context.addIssue({ code: 'custom', message: 'must be a GUID of 36 characters with hyphens' });
    return z.NEVER;
  })
  .meta({ format: 'uuid' });

/** The id of a sweep; in lower case once it is read. */
export const sweepIdFilter = z
  .guid('must be a GUID of 36 characters with hyphens')
  .toLowerCase()
  .meta({ format: 'uuid' });

/** One of a fixed set of words. */
export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });
