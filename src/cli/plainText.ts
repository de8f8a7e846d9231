/**
 * Characters that a terminal acts on, or shows as something else: control characters (escape sequences begin with one), direction marks,
 * invisible characters, line separators, unpaired surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a text from any source safe for a terminal: characters that a terminal would act on are escaped, such as `\u001b`. A text that is
 * already safe stays as it is.
 */
export function plainText(text: string): string {
  return text.replace(UNPRINTABLE, escapeUnits);
}

/** JSON in one line that is safe for a terminal and parses to the same value. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = '';
  // By UTF-16 units: an escape holds 16 bits.
  for (let n = 0; n < character.length; n += 1) {
    escaped += `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
