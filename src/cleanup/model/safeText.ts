import { cutText } from './cutText.ts';

/** Line breaks of all kinds, and the blanks around them. */
const LINE_BREAKS = /[\t ]*[\t\n\v\f\r\u0085\u2028\u2029]+[\t ]*/g;

/** What a terminal acts upon or a reader does not see: control characters, marks of direction, invisible ones, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** The parameters by which URLs and connection strings carry secrets. The name stays, for a person to know which one it is. */
const SECRET_PARAMETERS =
  /(?<=^|[^a-z]|%[\da-f]{2})(sig|signature|code|key|token|access_token|id_token|client_secret|password|pwd|SharedAccessKey|AccountKey|SharedAccessSignature)(=|%3D)(?!…)[^\s&;"'<>)\]]+/gi;

const BEARER_TOKENS = /\b(?:(?:Bearer|Basic)\s+[\w.~+/=-]{8,}|eyJ[\w-]{6,}(?:\.[\w-]*)*)/gi;

const LONGEST = 2_000;

/**
 * Makes a text that quotes the answer of another party safe to show: it has one line, nothing in it acts on a terminal or changes
 * the direction of what follows, and what looks like a secret is left out. A text that went through it once stays as it is.
 */
export function safeText(text: string): string {
  const safe = cutText(text, LONGEST)
    .replace(LINE_BREAKS, ' ')
    .replace(UNSEEN, spellOut)
    .replace(SECRET_PARAMETERS, '$1$2…')
    .replace(BEARER_TOKENS, '…');
  return cutText(safe, LONGEST);
}

/** Such as `\u202e`; by halves, since an escape holds 16 bits. */
function spellOut(character: string): string {
  return character
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
