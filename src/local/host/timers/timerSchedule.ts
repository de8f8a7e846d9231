import { createRequire } from 'node:module';
import type { Cron } from 'croner';

/** When a timer fires. Times are Unix times in milliseconds; the zone is the machine's. */
export interface TimerSchedule {
  /** The first occurrence after a time. */
  next(after: number): number;
  /** Whether it can fire twice within a minute: such a schedule is not monitored. */
  firesWithinAMinute: boolean;
}

// What NCRONTAB knows; croner would also take L, W, #, ? and names such as @daily.
const FIELD = /^(\*|[0-9a-z]+(-[0-9a-z]+)?)(\/[0-9]+)?(,(\*|[0-9a-z]+(-[0-9a-z]+)?)(\/[0-9]+)?)*$/i;
const NAMES =
  'January February March April May June July August September October November December Sunday Monday Tuesday Wednesday Thursday Friday Saturday'
    .toLowerCase()
    .split(' ');

/**
 * @param expression - NCRONTAB with six fields (seconds first) or five
 * @throws Error in the host's words when it is neither
 */
export function parseTimerSchedule(expression: string): TimerSchedule {
  const fields = expression.trim().split(/\s+/);
  const cron = fields.length === 5 || fields.length === 6 ? tryParse(fields) : undefined;
  if (!cron) {
    throw new Error(
      `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
    );
  }
  const next = (after: number): number => {
    const found = cron.nextRun(new Date(after));
    if (!found) throw new Error(`The schedule expression '${expression}' never occurs.`);
    return found.getTime();
  };
  const now = Date.now();
  const everyMinute = fields.slice(-5).every((field) => field === '*');
  const firesWithinAMinute = fields.length === 6 && everyMinute && next(next(now)) - now < 60_000;
  return { next, firesWithinAMinute };
}

function tryParse(fields: string[]): Cron | undefined {
  // Sunday is 0 only.
  if (!fields.every((field) => FIELD.test(field)) || /(?<![\d/])7(?!\d)/.test(fields.at(-1) ?? '')) return undefined;
  const names = fields.join(' ').match(/[a-z]+/gi) ?? [];
  if (!names.every((name) => name.length > 2 && NAMES.some((full) => full.startsWith(name.toLowerCase())))) {
    return undefined;
  }
  const pattern = fields.join(' ').replace(/[a-z]+/gi, (name) => name.slice(0, 3));
  // Loaded here and not above: an app without timers does not pay for it.
  const { Cron: CronClass } = createRequire(import.meta.url)('croner') as typeof import('croner');
  try {
    // NCRONTAB wants day of month *and* day of week to fit, and lets "5/10" run from 5 to the field's end.
    return new CronClass(pattern, { paused: true, domAndDow: true, sloppyRanges: true });
  } catch {
    return undefined;
  }
}
