import * as v from 'valibot';
import { DEFAULT_QUEUE, DEFAULT_SCHEDULE, QUEUE_NAME } from './registrationSettings.ts';
import { parseSchedule } from './schedule.ts';
import { CONNECTION_NAME } from './storageConnection.ts';
import { duration, matching, parsed, tableName, text, wholeNumber, yesOrNo } from './values.ts';

/** The numbers of partitions that a cluster's sessions can be spread over. */
export const SHARDS = [1, 16, 256] as const;

/** The app settings that do not depend on others, with their defaults. */
export const schema = v.object({
  CLUSTER_NAME: v.optional(
    matching(
      // If an env file is read literally, quotes are part of the value, and no session is registered for such a cluster.
      /^(?!["'])(?!.*[^\S ])[^/\\#?~%\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u,
      'a name without / \\ # ? ~ % and control characters, not in quotes (it is a partition key), such as build-farm',
    ),
    'default',
  ),
  CLUSTER_ID: v.optional(matching(/^(?!["'])[\x20-\x7e]+$/, 'the id of the cluster, in plain ASCII and not in quotes')),
  /** In seconds. [REST API 6.0: 1 to 4294967295, default 60] */
  CLUSTER_TIMEOUT: v.optional(wholeNumber(1, 4_294_967_295, '60'), '60'),
  // The value is not shown: it may be a connection string that was pasted here by mistake.
  SESSION_STORAGE: v.optional(
    v.pipe(
      text,
      v.regex(
        CONNECTION_NAME,
        'is invalid, expected the name of an app setting with a connection string, such as AzureWebJobsStorage',
      ),
    ),
    'AzureWebJobsStorage',
  ),
  SESSION_TABLE: v.optional(tableName, 'UploadSessions'),
  OUTCOME_TABLE: v.optional(tableName, 'UploadSessionOutcomes'),
  RUN_TABLE: v.optional(tableName, 'SweepRuns'),
  SESSION_SHARDS: v.optional(
    parsed((value) => SHARDS.find((shards) => value === String(shards)), '1, 16 or 256'),
    '1',
  ),
  SWEEP_SCHEDULE: v.optional(
    parsed(
      parseSchedule,
      `an NCRONTAB expression of six fields, seconds first, that occurs, such as ${DEFAULT_SCHEDULE}`,
    ),
    DEFAULT_SCHEDULE,
  ),
  STALE_AFTER: v.optional(duration('1m', '30d', '15m'), '15m'),
  SWEEP_CONCURRENCY: v.optional(wholeNumber(1, 1000, '32'), '32'),
  SWEEP_LIMIT: v.optional(wholeNumber(0, 1_000_000_000, '0 (no limit)'), '0'),
  SWEEP_TIME_BUDGET: v.optional(duration('1s', '24h', '4m'), '4m'),
  SWEEP_DRY_RUN: v.optional(yesOrNo, 'false'),
  SWEEP_FAN_OUT: v.optional(yesOrNo, 'false'),
  SWEEP_QUEUE: v.optional(
    matching(
      QUEUE_NAME,
      `a queue name of 3 to 56 lower-case letters, digits and single dashes, such as ${DEFAULT_QUEUE}`,
    ),
    DEFAULT_QUEUE,
  ),
  MAX_ATTEMPTS: v.optional(wholeNumber(1, 1000, '8'), '8'),
  MAX_CLOCK_SKEW: v.optional(duration('1s', '1h', '5m')),
  OUTCOME_RETENTION: v.optional(duration('1d', '3650d', '90d'), '90d'),
});
