import * as v from 'valibot';
import { described, named } from './described.ts';
import { checkEntries, count, instant, outcomeCounts, sessionItem, sweepLine } from './schemas.ts';

/** The answers that the operators' page polls. Named schemas are exported, so that the API description includes them. */

const counted = v.strictObject({
  count,
  more: described(v.boolean(), 'Whether counting was stopped at this number: there may be more.'),
});

const part = v.strictObject({
  ...checkEntries,
  checkedAt: v.optional(described(instant, 'When it was checked. Left out if it was not checked yet.')),
});

export const dashboardStatus = named(
  'DashboardStatus',
  'The state of the app, from a few small queries.',
  v.strictObject({
    readAt: instant,
    version: v.string(),
    clusterName: v.string(),
    endpoints: described(v.array(v.string()), 'Hosts and ports of the HTTP gateway endpoints.'),
    dryRun: described(v.boolean(), 'SWEEP_DRY_RUN: whether scheduled sweeps only report what they would do.'),
    staleAfterMs: v.pipe(v.number(), v.minValue(0)),
    verdict: v.strictObject({
      level: v.picklist(['well', 'attention', 'failing']),
      reasons: v.array(
        v.strictObject({
          level: v.picklist(['attention', 'failing']),
          what: v.string(),
          advice: v.optional(v.string()),
          section: described(v.picklist(['parts', 'sweeps', 'failures']), 'The section of the page that shows more.'),
        }),
      ),
    }),
    parts: v.array(part),
    schedule: v.strictObject({
      expression: v.string(),
      nextAt: v.optional(described(instant, 'The next scheduled sweep. Left out if the timer is disabled.')),
      isFirst: described(v.boolean(), 'Whether no scheduled sweep is recorded yet.'),
    }),
    lastSweep: v.pipe(v.optional(sweepLine), v.description('The newest sweep that was not a dry run on request.')),
    store: v.optional(
      described(
        v.strictObject({
          stagedBytes: described(count, 'Bytes of staged chunks and other uploads that are not committed.'),
          stagedFiles: described(count, 'How many files these are.'),
          availableBytes: described(count, 'Free space of the disk, in bytes.'),
          capacityBytes: described(count, 'Size of the disk, in bytes.'),
          askedAt: instant,
        }),
        'What the image store held at the last query by a sweep. Left out if no sweep asked, or the cluster did not report it.',
      ),
    ),
    sessions: v.optional(
      described(
        v.strictObject({
          countedAt: instant,
          stale: counted,
          waiting: counted,
          givenUp: counted,
          active: counted,
          oldestStaleAt: v.optional(described(instant, 'The last activity of the oldest stale session.')),
        }),
        'Left out if the table of sessions could not be read.',
      ),
    ),
  }),
);
export type DashboardStatus = v.InferOutput<typeof dashboardStatus>;

export const invalidSettings = named(
  'InvalidSettings',
  'Every app setting that is invalid, with what was expected.',
  v.strictObject({ readAt: instant, version: v.string(), errors: v.array(v.string()) }),
);
export type InvalidSettings = v.InferOutput<typeof invalidSettings>;

const sweepOrIdle = v.union([
  v.strictObject({ sweep: sweepLine }),
  v.strictObject({
    idle: described(
      v.strictObject({ count, firstAt: instant, lastAt: instant }),
      'Sweeps in a row that completed and found no stale session.',
    ),
  }),
]);
export type SweepOrIdle = v.InferOutput<typeof sweepOrIdle>;

const failureGroup = v.strictObject({
  errorCode: described(v.string(), 'The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
  httpStatus: v.optional(v.pipe(v.number(), v.integer())),
  what: v.string(),
  advice: v.string(),
  cleanups: described(count, 'Cleanups of the last days that failed with it.'),
  lastAt: v.optional(instant),
  lastMessage: v.optional(v.string()),
  waiting: described(count, 'Sessions that failed with it and will be retried.'),
  givenUp: described(count, 'Sessions that failed with it and need manual action.'),
  sessions: described(v.array(sessionItem), 'Those sessions, the oldest first.'),
});
export type FailureCause = v.InferOutput<typeof failureGroup>;

export const dashboardHistory = named(
  'DashboardHistory',
  'The outcomes and sweeps of the last days, and what fails now.',
  v.strictObject({
    readAt: instant,
    days: described(
      v.array(v.strictObject({ day: instant, outcomes: outcomeCounts, bytesFreed: count })),
      'The last days (UTC), the oldest first. `bytesFreed` is in bytes.',
    ),
    sweeps: described(v.array(sweepOrIdle), 'Those of these days, the newest first.'),
    failures: described(v.array(failureGroup), 'What fails, by cause: what needs manual action first.'),
    cut: described(
      v.strictObject({ runs: v.boolean(), outcomes: v.boolean(), sessions: v.boolean() }),
      'What was not read to its end, because there is more than fits in one answer.',
    ),
  }),
);
export type DashboardHistory = v.InferOutput<typeof dashboardHistory>;
