import { spellOut } from './spellOut.ts';

/**
 * The beginning of a text. It never ends with half of a surrogate pair, which the storage service replaces or refuses.
 *
 * @param most - the maximum length, in UTF-16 code units
 */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

/** Characters that are invisible, or look like a space. */
const UNSEEN = /(?! )[\p{C}\p{Z}]/gu;

/** The beginning of an invalid value, in quotation marks, for an error message. */
export function quoted(text: string): string {
  return JSON.stringify(cutText(text, 80)).replace(UNSEEN, spellOut);
}
