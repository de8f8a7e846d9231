import { cutText } from './cutText.ts';
import { spellOut } from './spellOut.ts';

/** Line breaks of all kinds, and the spaces around them. */
const LINE_BREAKS = /[\t ]*[\t\n\v\f\r\u0085\u2028\u2029]+[\t ]*/g;

/** What a terminal interprets or a reader cannot see: control characters, direction marks, invisible characters, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** Parameters of URLs and connection strings that hold secrets. Their names are kept, so that people see which secret it was. */
const SECRET_PARAMETERS =
  /(?<=^|[^a-z]|%[\da-f]{2})(sig|signature|code|key|token|access_token|id_token|client_secret|password|pwd|SharedAccessKey|AccountKey|SharedAccessSignature)(=|%3D)(?!…)[^\s&;"'<>)\]]+/gi;

/** Also encoded as in a URL, which leaves letters and digits of an escape before them. */
const BEARER_TOKENS =
  /(?<=^|\W|%[\da-f]{2})(?:(?:Bearer|Basic)(?:\s|%20|\+)+[\w.~+/=%-]{8,}|eyJ[\w-]{6,}(?:\.[\w-]*)*)/gi;

/** The user name and the password of a URL. */
const USER_INFO = /(:\/\/|%3A%2F%2F)(?!…)[^\s/?#@]+(@|%40)/gi;

const LONGEST = 2_000;

/**
 * Makes a text of another party safe to show: it becomes one line, a terminal interprets nothing in it, it does not change
 * the direction of the text after it, and what looks like a secret is removed. A text that is already safe does not change.
 */
export function safeText(text: string): string {
  const safe = cutText(text, LONGEST)
    .replace(LINE_BREAKS, ' ')
    .replace(UNSEEN, spellOut)
    .replace(SECRET_PARAMETERS, '$1$2…')
    .replace(BEARER_TOKENS, '…')
    .replace(USER_INFO, '$1…$2');
  return cutText(safe, LONGEST);
}
