import { parseSchedule, type Schedule } from '../../../settings/schedule.ts';

export type TimerSchedule = Schedule;

/**
 * @param expression - NCRONTAB with six fields (seconds first) or five
 * @throws Error with the real host's message if it is not valid
 */
export function parseTimerSchedule(expression: string): TimerSchedule {
  const schedule = parseSchedule(expression);
  if (schedule) return schedule;
  throw new Error(
    `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
  );
}
