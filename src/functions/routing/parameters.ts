import * as v from 'valibot';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { parseDuration } from '../../settings/duration.ts';
import { parsedBy } from '../../settings/parsedBy.ts';
import { described } from '../../wire/described.ts';
import { parseInstant } from '../../wire/parseInstant.ts';

const MAX_ITEMS = 1000;

const INSTANT_RULE = 'must be an ISO 8601 time with a time zone, such as 2026-11-22T10:00:00Z';

const DURATION_RULE = 'must be a duration from 1m to 30d, such as 15m';

const GUID_RULE = 'must be a GUID of 36 characters with hyphens';

/** A JSON number without a fraction. */
export const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
};

/** The maximum number of items on a page, in digits only: 1e3 and 0x10 are invalid. */
export const limit = v.optional(
  described(
    v.pipe(
      v.unknown(),
      v.transform((text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text)),
      wholeNumber(1, MAX_ITEMS),
    ),
    'The maximum number of items on a page. A page may contain fewer items and still have a next page.',
  ),
  100,
);

export const continuationToken = v.optional(
  described(
    v.pipe(v.string(), v.maxLength(4096, 'must be the continuationToken of an earlier page')),
    'The token of an earlier page that was requested with the same filters.',
  ),
);

/** An ISO 8601 time with a time zone. */
export const instant = v.pipe(
  v.string(INSTANT_RULE),
  parsedBy(parseInstant, () => INSTANT_RULE),
  v.metadata({ format: 'date-time' }),
);

/** A time span; the default is everything that is kept. */
export const timeSpan = {
  since: v.optional(
    described(instant, 'Only of runs that began at or after this time. Default: everything that is kept.'),
  ),
  until: v.optional(described(instant, 'Only of runs that began at or before this time.')),
};

/** A duration without activity; milliseconds once it is read. */
export const olderThan = v.optional(
  described(
    v.pipe(
      v.string(DURATION_RULE),
      parsedBy(
        (text) => parseDuration(text, '1m', '30d'),
        () => DURATION_RULE,
      ),
    ),
    'How long without activity makes a session stale, such as `30m`, `2h` or `1d`. Default: STALE_AFTER.',
  ),
);

/** A session id as a filter. */
export const sessionIdFilter = v.pipe(
  v.string(GUID_RULE),
  parsedBy(
    (text) => {
      const parsed = parseSessionId(text);
      return 'id' in parsed ? parsed.id : undefined;
    },
    () => GUID_RULE,
  ),
  v.metadata({ format: 'uuid' }),
);

/** The id of a sweep; in lower case once it is read. */
export const sweepIdFilter = v.pipe(v.string(GUID_RULE), v.uuid(GUID_RULE), v.toLowerCase());

/** One of a fixed set of words. */
export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  v.picklist(words, `must be one of ${words.join(', ')}`);
