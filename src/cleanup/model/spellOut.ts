/** As an escape such as `\u202e`; two of them for a surrogate pair. */
export function spellOut(character: string): string {
  return character
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
