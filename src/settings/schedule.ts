import { Cron } from 'croner';

/** When a timer fires. Times are Unix times in milliseconds; the zone is the machine's. */
export interface Schedule {
  /** The first occurrence after a time. */
  next(after: number): number;
  /** Whether it can fire twice within a minute: such a schedule is not monitored. */
  firesWithinAMinute: boolean;
}

// What NCRONTAB supports. croner would also accept L, W, #, ? and names such as @daily.
const FIELD = /^(\*|[0-9a-z]+(-[0-9a-z]+)?)(\/[0-9]+)?(,(\*|[0-9a-z]+(-[0-9a-z]+)?)(\/[0-9]+)?)*$/i;
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/**
 * Reads a timer's schedule as the Functions host does. The host starts without a function whose schedule it cannot parse, so this
 * parser is used wherever a schedule is read.
 *
 * @param expression - NCRONTAB with six fields (seconds first) or five
 * @returns `undefined` if it is not valid, or never occurs
 * @see NCrontab/CrontabField.cs of atifaziz/NCrontab: weekdays are 0 to 6, and a name may be cut short to three letters or more
 */
export function parseSchedule(expression: string): Schedule | undefined {
  const fields = expression.trim().split(/\s+/);
  const cron = fields.length === 5 || fields.length === 6 ? parseFields(fields) : undefined;
  if (!cron?.nextRun()) return undefined;
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

function parseFields(fields: string[]): Cron | undefined {
  if (!fields.every((field) => FIELD.test(field))) return undefined;
  const [month = '', weekday = ''] = fields.slice(-2);
  // Sunday is 0 only.
  if (/(?<![\d/])0*7(?!\d)/.test(weekday)) return undefined;
  if (/[a-z]/i.test(fields.slice(0, -2).join('')) || !hasNames(month, MONTHS) || !hasNames(weekday, DAYS))
    return undefined;
  const pattern = fields.join(' ').replace(/[a-z]+/gi, (name) => name.slice(0, 3));
  try {
    // In NCRONTAB both the day of month *and* the day of week must match, and "5/10" runs from 5 to the end of the field.
    return new Cron(pattern, { paused: true, domAndDow: true, sloppyRanges: true });
  } catch {
    return undefined;
  }
}

function hasNames(field: string, names: readonly string[]): boolean {
  const given = field.toLowerCase().match(/[a-z]+/g) ?? [];
  return given.every((name) => name.length > 2 && names.some((full) => full.startsWith(name)));
}
