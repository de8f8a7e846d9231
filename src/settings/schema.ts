import * as z from 'zod';
import { DEFAULT_QUEUE, DEFAULT_SCHEDULE, QUEUE_NAME } from './registrationSettings.ts';
import { parseSchedule } from './schedule.ts';
import { CONNECTION_NAME } from './storageConnection.ts';
import { duration, matching, shown, tableName, text, wholeNumber, yesOrNo } from './values.ts';

/** The app settings that do not depend on others, with their defaults. */
export const schema = z.object({
  CLUSTER_NAME: matching(
    // Where an env file is read literally, quotes are part of the value: nobody registers sessions for such a cluster.
    /^(?!["'])(?!.*[^\S ])[^/\\#?~%\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u,
    'a name without / \\ # ? ~ % and control characters, not in quotes (it is a partition key), such as build-farm',
  ).prefault('default'),
  CLUSTER_ID: matching(/^(?!["'])[\x20-\x7e]+$/, 'the id of the cluster, in plain ASCII and not in quotes').optional(),
  /** In seconds. [REST API 6.0: 1 to 4294967295, default 60] */
  CLUSTER_TIMEOUT: wholeNumber(1, 4_294_967_295, '60').prefault('60'),
  // The value is not shown: it may be a connection string that was pasted here by mistake.
  SESSION_STORAGE: text
    .regex(CONNECTION_NAME, {
      error: 'is invalid, expected the name of an app setting with a connection string, such as AzureWebJobsStorage',
    })
    .prefault('AzureWebJobsStorage'),
  SESSION_TABLE: tableName.prefault('UploadSessions'),
  OUTCOME_TABLE: tableName.prefault('UploadSessionOutcomes'),
  RUN_TABLE: tableName.prefault('SweepRuns'),
  SESSION_SHARDS: matching(/^(1|16|256)$/, '1, 16 or 256')
    .transform((value) => Number(value) as 1 | 16 | 256)
    .prefault('1'),
  SWEEP_SCHEDULE: text
    .transform((value, context) => {
      const schedule = parseSchedule(value);
      if (schedule) return schedule;
      context.addIssue({
        code: 'custom',
        message: `is ${shown(value)}, expected an NCRONTAB expression of six fields, seconds first, that occurs, such as ${DEFAULT_SCHEDULE}`,
      });
      return z.NEVER;
    })
    .prefault(DEFAULT_SCHEDULE),
  STALE_AFTER: duration('1m', '30d', '15m').prefault('15m'),
  SWEEP_CONCURRENCY: wholeNumber(1, 1000, '32').prefault('32'),
  SWEEP_LIMIT: wholeNumber(0, 1_000_000_000, '0 (no limit)').prefault('0'),
  SWEEP_TIME_BUDGET: duration('1s', '24h', '4m').prefault('4m'),
  SWEEP_DRY_RUN: yesOrNo.prefault('false'),
  SWEEP_FAN_OUT: yesOrNo.prefault('false'),
  SWEEP_QUEUE: matching(
    QUEUE_NAME,
    `a queue name of 3 to 56 lower-case letters, digits and single dashes, such as ${DEFAULT_QUEUE}`,
  ).prefault(DEFAULT_QUEUE),
  MAX_ATTEMPTS: wholeNumber(1, 1000, '8').prefault('8'),
  MAX_CLOCK_SKEW: duration('1s', '1h', '5m').optional(),
  OUTCOME_RETENTION: duration('1d', '3650d', '90d').prefault('90d'),
});
