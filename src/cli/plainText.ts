/**
 * What a terminal acts upon, or shows as something else than it is: control characters (escape sequences begin with one),
 * marks of direction and invisible ones, line separators, halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text that may come from anyone, as it may be shown on a terminal: what would act there is spelt out, such as `\u001b`. A text
 * that went through it once stays as it is.
 */
export function plainText(text: string): string {
  return text.replace(UNPRINTABLE, spellOut);
}

/** JSON in one line that is safe on a terminal as well; it parses to the same value. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, spellOut);
}

function spellOut(character: string): string {
  let spelt = '';
  // By halves: an escape holds 16 bits.
  for (let n = 0; n < character.length; n += 1) {
    spelt += `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`;
  }
  return spelt;
}
