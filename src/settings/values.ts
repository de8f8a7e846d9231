import type { StringValue } from 'ms';
import * as z from 'zod';
import { quoted } from '../cleanup/model/cutText.ts';
import { parseDuration } from './duration.ts';

export const text = z.string().trim();

/** A setting's value for a message: shortened. Only for settings that hold no secret. */
export function shown(value: unknown): string {
  return quoted(String(value));
}

/** Reads a duration such as `30s`, `15m`, `2h` or `7d` into milliseconds. */
export const duration = (min: StringValue, max: StringValue, example: string) =>
  text.transform((value, context) => {
    const parsed = parseDuration(value, min, max);
    if (parsed !== undefined) return parsed;
    context.addIssue({
      code: 'custom',
      message: `is ${shown(value)}, expected a duration from ${min} to ${max}, such as ${example}`,
    });
    return z.NEVER;
  });

export const wholeNumber = (min: number, max: number, example: string) =>
  text.transform((value, context) => {
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (parsed >= min && parsed <= max) return parsed;
    context.addIssue({
      code: 'custom',
      message: `is ${shown(value)}, expected a whole number from ${min} to ${max}, such as ${example}`,
    });
    return z.NEVER;
  });

export const yesOrNo = text.transform((value, context) => {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  context.addIssue({ code: 'custom', message: `is ${shown(value)}, expected true or false` });
  return z.NEVER;
});

export const matching = (pattern: RegExp, expected: string) =>
  text.refine((value) => pattern.test(value), { error: (issue) => `is ${shown(issue.input)}, expected ${expected}` });

export const tableName = matching(
  /^[A-Za-z][A-Za-z0-9]{2,62}$/,
  'a table name of 3 to 63 letters and digits that begins with a letter, such as UploadSessions',
);
