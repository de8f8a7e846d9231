import { DEFAULT_SCHEDULE } from '../../settings/registrationSettings.ts';
import { parseSchedule } from '../../settings/schedule.ts';

/** When the schedule sweeps. */
export interface SweepSchedule {
  /** NCRONTAB. */
  expression: string;
  /** `undefined` if the timer's function is disabled. */
  nextAt: Date | undefined;
}

/** How the platform disables a function; the second form is for Linux, where names of variables have no dots. */
const DISABLED = ['AzureWebJobs.sweepStaleSessions.Disabled', 'AzureWebJobs_sweepStaleSessions_Disabled'];

/** @param appSettings - the schedule among them was found valid, or this is not asked */
export function nextSweep(now: Date, appSettings: Record<string, string | undefined> = process.env): SweepSchedule {
  const expression = appSettings['SWEEP_SCHEDULE']?.trim() || DEFAULT_SCHEDULE;
  const isDisabled = DISABLED.some((name) => /^(true|1)$/i.test(appSettings[name] ?? ''));
  const schedule = isDisabled ? undefined : parseSchedule(expression);
  return { expression, nextAt: schedule && new Date(schedule.next(now.getTime())) };
}
