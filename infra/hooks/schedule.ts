import { parseSchedule, type Schedule } from '../../src/settings/schedule.ts';

/** The pauses that infra/schedules.bicep knows, in seconds. */
export const PAUSES: Readonly<Record<string, number>> = {
  '5m': 300,
  '10m': 600,
  '15m': 900,
  '30m': 1800,
  '1h': 3600,
  '2h': 7200,
  '4h': 14_400,
  '6h': 21_600,
  '12h': 43_200,
  '1d': 86_400,
};

const DAY_MS = 86_400_000;

/**
 * Compares a schedule of the user's own with the pause that the alerts are made for. Bicep cannot: it does not read NCRONTAB.
 *
 * @param expression - SWEEP_SCHEDULE; empty: it follows SWEEP_EVERY
 * @param every - SWEEP_EVERY; empty: it is not set, which a schedule of the user's own does not allow
 * @param now - in milliseconds since 1970; the following year is checked, in the time zone of this process, which must be the platform's: UTC
 * @returns what is wrong and what to set, or `undefined`
 */
export function scheduleError(expression: string, every: string, now: number): string | undefined {
  if (expression === '') return undefined;
  const allowed = every === '' ? 0 : PAUSES[every];
  if (allowed === undefined) return `SWEEP_EVERY is ${every}, expected one of ${Object.keys(PAUSES).join(', ')}.`;
  // Without the seconds, which change a pause by less than a minute, there are fewer sweeps to check.
  const schedule = parseSchedule(expression) && parseSchedule(expression.trim().replace(/^\S+(?=(\s+\S+){5}$)/, '0'));
  if (!schedule) return `SWEEP_SCHEDULE is "${expression}", expected NCRONTAB with six fields, such as 0 */5 * * * *.`;

  const longest = longestPause(schedule, now);
  if (longest <= allowed) return undefined;
  const fitting = Object.entries(PAUSES).find(([, seconds]) => seconds >= longest)?.[0];
  const expected =
    every === '' ? 'so SWEEP_EVERY is required for the alerts' : `but the alerts expect a sweep every ${every}`;
  const what = `SWEEP_SCHEDULE "${expression}" pauses for up to ${inWords(longest)}, ${expected}.`;
  return fitting
    ? `${what} Set SWEEP_EVERY to ${fitting}.`
    : `${what} Alerts cannot wait longer than a day: choose a schedule that sweeps at least once a day.`;
}

/** @returns seconds; at least a day if a whole day has no sweep */
function longestPause(schedule: Schedule, now: number): number {
  let longest = 0;
  // Every day that has sweeps has them at the same times, so a week shows the pauses within days and between them.
  for (let at = now; at < now + 8 * DAY_MS; ) {
    const next = schedule.next(at);
    longest = Math.max(longest, next - at);
    at = next;
  }
  const midnight = Math.ceil(now / DAY_MS) * DAY_MS;
  for (let day = 0; day < 366; day += 1) {
    const at = midnight + day * DAY_MS;
    longest = Math.max(longest, schedule.next(at) - at);
  }
  return longest / 1000;
}

function inWords(seconds: number): string {
  const [count, unit] = seconds < 7200 ? [seconds / 60, 'minutes'] : [seconds / 3600, 'hours'];
  return `${Math.round(count * 10) / 10} ${unit}`;
}
