import type { StringValue } from 'ms';
import * as v from 'valibot';
import { quotedSetting } from '../cleanup/model/quotedSetting.ts';
import { parseDuration } from './duration.ts';
import { parsedBy } from './parsedBy.ts';

export const text = v.pipe(v.string(), v.trim());

/** A value that `parse` reads. @param expected - such as `true or false` */
export const parsed = <Parsed>(parse: (value: string) => Parsed | undefined, expected: string) =>
  v.pipe(
    text,
    parsedBy(parse, (value) => `is ${quotedSetting(value)}, expected ${expected}`),
  );

/** A duration such as `30s`, `15m`, `2h` or `7d`, in milliseconds. */
export const duration = (min: StringValue, max: StringValue, example: string) =>
  parsed((value) => parseDuration(value, min, max), `a duration from ${min} to ${max}, such as ${example}`);

export const wholeNumber = (min: number, max: number, example: string) =>
  parsed(
    (value) => (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined),
    `a whole number from ${min} to ${max}, such as ${example}`,
  );

export const yesOrNo = parsed(
  (value) => (/^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined),
  'true or false',
);

export const matching = (pattern: RegExp, expected: string) =>
  parsed((value) => (pattern.test(value) ? value : undefined), expected);

export const tableName = matching(
  /^[A-Za-z][A-Za-z0-9]{2,62}$/,
  'a table name of 3 to 63 letters and digits that begins with a letter, such as UploadSessions',
);
