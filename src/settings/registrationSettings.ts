import { type AppSettings, findSetting } from './getter.ts';

// The settings that registering the functions needs. They stand apart because a cold start must not load all the others.

/** The timer's schedule if the app setting is missing. With an unresolved `%name%` the host would start without the timer. */
export const DEFAULT_SCHEDULE = '0 */5 * * * *';

/** The queue of a fanned-out sweep's parts, in the storage account of `AzureWebJobsStorage`. */
export const DEFAULT_QUEUE = 'upload-session-sweeps';

/** The storage service's rules for queue names, with room for `-poison`. */
export const QUEUE_NAME = /^(?!.*--)[a-z0-9][a-z0-9-]{1,54}[a-z0-9]$/;

/** The schedule for registering the timer: a reference to the app setting, or the default if it is missing or empty. */
export function sweepSchedule(appSettings: AppSettings = process.env): string {
  return findSetting(appSettings, 'SWEEP_SCHEDULE')?.trim() ? '%SWEEP_SCHEDULE%' : DEFAULT_SCHEDULE;
}

/** The queue for registering the functions. For an invalid name it is the default: `readSettings` reports the name at each call. */
export function sweepQueue(appSettings: AppSettings = process.env): string {
  const name = findSetting(appSettings, 'SWEEP_QUEUE')?.trim() ?? '';
  return QUEUE_NAME.test(name) ? name : DEFAULT_QUEUE;
}
