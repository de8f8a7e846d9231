import { findSetting } from '../../settings/getter.ts';
import { DEFAULT_SCHEDULE } from '../../settings/registrationSettings.ts';
import { parseSchedule } from '../../settings/schedule.ts';

/** When the timer starts sweeps. */
export interface SweepSchedule {
  /** NCRONTAB. */
  expression: string;
  /** `undefined` if the timer's function is disabled. */
  nextAt: Date | undefined;
}

/** The app settings that disable a function. The second form is for Linux, where variable names have no dots. */
const DISABLED = ['AzureWebJobs.sweepStaleSessions.Disabled', 'AzureWebJobs_sweepStaleSessions_Disabled'];

/** Finds the next scheduled sweep. @param appSettings - with a valid or no SWEEP_SCHEDULE */
export function nextSweep(now: Date, appSettings: Record<string, string | undefined> = process.env): SweepSchedule {
  const expression = findSetting(appSettings, 'SWEEP_SCHEDULE')?.trim() || DEFAULT_SCHEDULE;
  const isDisabled = DISABLED.some((name) => /^(true|1)$/i.test(findSetting(appSettings, name) ?? ''));
  const schedule = isDisabled ? undefined : parseSchedule(expression);
  return { expression, nextAt: schedule && new Date(schedule.next(now.getTime())) };
}
