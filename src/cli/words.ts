import { spanInWords } from '../wire/spanInWords.ts';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people, such as `5.0 MiB`. */
export function bytesInWords(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  let [amount, unit] = [bytes, 'B'];
  for (const larger of UNITS) {
    if (amount < 1024) break;
    [amount, unit] = [amount / 1024, larger];
  }
  return unit === 'B' ? `${amount} B` : `${amount.toFixed(1)} ${unit}`;
}

/** An instant of ISO 8601 for people, in UTC to the second. */
export function instantInWords(iso: string | undefined): string {
  return iso === undefined ? '' : `${iso.slice(0, 19).replace('T', ' ')}Z`;
}

/** How long ago an instant was, or in how long it will be. */
export function agoInWords(iso: string, now: Date): string {
  const ms = now.getTime() - new Date(iso).getTime();
  return ms >= 0 ? `${spanInWords(ms)} ago` : `in ${spanInWords(-ms)}`;
}

/** A number with its noun, such as `1 upload session` or `1,203 upload sessions`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A text of several lines in one. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
