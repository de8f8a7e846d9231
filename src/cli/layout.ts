import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Widths of texts in terminal cells: a wide character takes two, a combining mark and a colour none. */

export const cellsWide = (text: string): number => stringWidth(text);

/** Fills a text up with blanks. A longer one stays as it is. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellsWide(text)));
}

/** Breaks a text at blanks, and a longer word within itself, so that nothing is cut off. */
export function wrapTo(text: string, width: number): string[] {
  if (cellsWide(text) <= width) return [text];
  return wrapAnsi(text, width, { hard: true }).split('\n');
}
