/** What the timer's schedule is where the app setting is missing: an unresolved `%name%` would leave no timer at all. */
export const DEFAULT_SCHEDULE = '0 */5 * * * *';

/**
 * The schedule for the timer's registration: the app setting, or the default where it is missing or empty.
 *
 * Apart from the other settings: it alone is needed to register the functions, and must not cost a cold start all of them.
 */
export function sweepSchedule(appSettings: Record<string, string | undefined> = process.env): string {
  return appSettings['SWEEP_SCHEDULE']?.trim() ? '%SWEEP_SCHEDULE%' : DEFAULT_SCHEDULE;
}
