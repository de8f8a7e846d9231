// What registering the functions needs of the settings. Apart from all others, which must not cost a cold start.

/** What the timer's schedule is where the app setting is missing: an unresolved `%name%` would leave no timer at all. */
export const DEFAULT_SCHEDULE = '0 */5 * * * *';

/** The queue of a fanned-out sweep's parts, in the storage account of `AzureWebJobsStorage`. */
export const DEFAULT_QUEUE = 'upload-session-sweeps';

/** By the storage service's rules, with room for `-poison`. */
export const QUEUE_NAME = /^(?!.*--)[a-z0-9][a-z0-9-]{1,54}[a-z0-9]$/;

type AppSettings = Record<string, string | undefined>;

/** The schedule for the timer's registration: the app setting, or the default where it is missing or empty. */
export function sweepSchedule(appSettings: AppSettings = process.env): string {
  return appSettings['SWEEP_SCHEDULE']?.trim() ? '%SWEEP_SCHEDULE%' : DEFAULT_SCHEDULE;
}

/** The queue for the functions' registration; a name that is none is told with all other faults, at every call. */
export function sweepQueue(appSettings: AppSettings = process.env): string {
  const name = appSettings['SWEEP_QUEUE']?.trim() ?? '';
  return QUEUE_NAME.test(name) ? name : DEFAULT_QUEUE;
}
