import { quoted } from './cutText.ts';

/** What may be a secret that was pasted into the wrong setting: a connection string, or a long word such as a key. */
const MAY_BE_SECRET = /[=;]|\S{40}/;

/** The value of an invalid setting for an error message: not shown if it may be a secret. */
export function quotedSetting(value: string): string {
  return MAY_BE_SECRET.test(value) ? 'a text that is not shown, since it may be a secret' : quoted(value);
}
