import { type Html, html } from './html.ts';

/**
 * Texts of the page. {@link visible} and {@link bytesText} also run in the browser, as their own source: they use nothing
 * from outside of themselves.
 */

/** Makes characters visible that would hide, reorder or break what stands around them: as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Such as `1.5 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Text that somebody else wrote: shown as it is, within its own direction. */
export function data(text: string | undefined): Html {
  return text === undefined || text === ''
    ? html`<span class="none">–</span>`
    : html`<bdi class="data">${visible(text)}</bdi>`;
}

export const numberText = (count: number): string => count.toLocaleString('en');

const STEPS: [ms: number, unit: string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** Such as `5 minutes`. */
export function spanText(ms: number): string {
  const [step, unit] = STEPS.find(([length]) => ms >= 1.5 * length) ?? [1000, 'second'];
  const count = Math.round(ms / step);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Such as `84 ms` or `3.2 s`. */
export const durationText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : spanText(ms);

/** Such as `2026-11-22 10:20:05 UTC`. */
export const instantText = (instant: Date): string => instant.toISOString().replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC');

/** An instant in UTC, and how long ago or ahead it is. */
export function time(instant: Date, now: Date): Html {
  const iso = instant.toISOString();
  const ago = now.getTime() - instant.getTime();
  const age = Math.abs(ago) < 1000 ? 'now' : ago > 0 ? `${spanText(ago)} ago` : `in ${spanText(-ago)}`;
  return html`<time datetime="${iso}" title="${iso}"><span class="age">${age}</span> <span class="instant">${instantText(instant)}</span></time>`;
}
