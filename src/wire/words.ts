/** Numbers, times and texts as people read them, the same on page, command line and in the API's texts. */

/** A time span, such as `45 s`, `12 min`, `3 h` or `5 days`. */
export function spanInWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** A duration, such as `84 ms`, `3.2 s` or `4 min`. */
export function durationInWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : spanInWords(ms);
}

/** How long ago an instant was, or how far in the future it is. */
export function agoInWords(instant: Date | string, now: Date): string {
  const ms = now.getTime() - new Date(instant).getTime();
  return ms >= 0 ? `${spanInWords(ms)} ago` : `in ${spanInWords(-ms)}`;
}

/** An instant in UTC to the second, such as `2026-11-22 10:20:05Z`. */
export function instantInWords(instant: Date | string): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes, such as `512 B` or `5.0 MiB`. */
export function bytesInWords(bytes: number): string {
  let [amount, unit] = [bytes, 'B'];
  for (const larger of UNITS) {
    // 1023.95 and more would be rounded to 1024.0, which is 1.0 of the next unit.
    if (amount < (unit === 'B' ? 1024 : 1023.95)) break;
    [amount, unit] = [amount / 1024, larger];
  }
  return unit === 'B' ? `${amount} B` : `${amount.toFixed(1)} ${unit}`;
}

/** A whole number with separators, such as `1,203`. */
export function numberInWords(count: number): string {
  return count.toLocaleString('en-US');
}

/** A number with its noun, such as `1 upload session` or `1,203 upload sessions`. */
export function counted(count: number, noun: string): string {
  return `${numberInWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** What an image store holds, such as `12.4 GiB staged in 310 files; disk 81 % full`. */
export function storeInWords(store: {
  stagedBytes: number;
  stagedFiles: number;
  capacityBytes: number;
  availableBytes: number;
}): string {
  const { stagedBytes, stagedFiles, capacityBytes, availableBytes } = store;
  const staged = `${bytesInWords(stagedBytes)} staged in ${counted(stagedFiles, 'file')}`;
  if (capacityBytes === 0) return staged;
  // Never 100 % while some of it is free.
  const full = Math.floor((100 * (capacityBytes - availableBytes)) / capacityBytes);
  return `${staged}; disk ${full} % full`;
}

/** A text of several lines as one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What kind of upload a deleted session was, such as `abandoned at 43 %`; `undefined` if unknown. */
export function deletedInWords(facts: {
  complete?: boolean | undefined;
  bytes?: number | undefined;
  fileSizeBytes?: number | undefined;
}): string | undefined {
  const { complete, bytes, fileSizeBytes } = facts;
  if (complete === undefined) return undefined;
  if (complete) return 'complete upload: its staged copy was removed';
  if (bytes === undefined || !fileSizeBytes) return 'abandoned midway';
  // Never 100 %: some chunk is missing.
  return `abandoned at ${Math.min(99, Math.floor((100 * bytes) / fileSizeBytes))} %`;
}
