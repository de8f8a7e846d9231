import * as z from 'zod';
import { bytes, count, healthDetails, instant, outcomeCounts, sessionItem, sweepLine } from './schemas.ts';

/** The answers that the operators' page polls. Schemas with an id are exported, so that the API description includes them. */

const counted = z.object({
  count,
  more: z.boolean().describe('Whether counting was stopped at this number: there may be more.'),
});

const part = healthDetails.shape.checks.element.extend({
  checkedAt: instant.optional().describe('When it was checked. Left out if it was not checked yet.'),
});

export const dashboardStatus = z
  .object({
    readAt: instant,
    version: z.string(),
    clusterName: z.string(),
    endpoints: z.array(z.string()).describe('Hosts and ports of the HTTP gateway endpoints.'),
    dryRun: z.boolean().describe('SWEEP_DRY_RUN: whether scheduled sweeps only report what they would do.'),
    staleAfterMs: z.number().min(0),
    verdict: z.object({
      level: z.enum(['well', 'attention', 'failing']),
      reasons: z.array(
        z.object({
          level: z.enum(['attention', 'failing']),
          what: z.string(),
          advice: z.string().optional(),
          section: z.enum(['parts', 'sweeps', 'failures']).describe('The section of the page that shows more.'),
        }),
      ),
    }),
    parts: z.array(part),
    schedule: z.object({
      expression: z.string(),
      nextAt: instant.optional().describe('The next scheduled sweep. Left out if the timer is disabled.'),
      isFirst: z.boolean().describe('Whether no scheduled sweep is recorded yet.'),
    }),
    lastSweep: sweepLine.optional().describe('The newest sweep that was not a dry run on request.'),
    store: z
      .object({
        stagedBytes: bytes.describe('Bytes of staged chunks and other uploads that are not committed.'),
        stagedFiles: count.describe('How many files these are.'),
        availableBytes: bytes.describe('Free space of the disk.'),
        capacityBytes: bytes.describe('Size of the disk.'),
        askedAt: instant,
      })
      .optional()
      .describe(
        'What the image store held at the last query by a sweep. Left out if no sweep asked, or the cluster did not report it.',
      ),
    sessions: z
      .object({
        countedAt: instant,
        stale: counted,
        waiting: counted,
        givenUp: counted,
        active: counted,
        oldestStaleAt: instant.optional().describe('The last activity of the oldest stale session.'),
      })
      .optional()
      .describe('Left out if the table of sessions could not be read.'),
  })
  .meta({ id: 'DashboardStatus', description: 'The state of the app, from a few small queries.' });
export type DashboardStatus = z.infer<typeof dashboardStatus>;

export const invalidSettings = z
  .object({ readAt: instant, version: z.string(), errors: z.array(z.string()) })
  .meta({ id: 'InvalidSettings', description: 'Every app setting that is invalid, with what was expected.' });
export type InvalidSettings = z.infer<typeof invalidSettings>;

const sweepOrIdle = z.union([
  z.object({ sweep: sweepLine }),
  z.object({
    idle: z
      .object({ count, firstAt: instant, lastAt: instant })
      .describe('Sweeps in a row that completed and found no stale session.'),
  }),
]);
export type SweepOrIdle = z.infer<typeof sweepOrIdle>;

const failureGroup = z.object({
  errorCode: z.string().describe('The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
  httpStatus: z.int().optional(),
  what: z.string(),
  advice: z.string(),
  cleanups: count.describe('Cleanups of the last days that failed with it.'),
  lastAt: instant.optional(),
  lastMessage: z.string().optional(),
  waiting: count.describe('Sessions that failed with it and will be retried.'),
  givenUp: count.describe('Sessions that failed with it and need manual action.'),
  sessions: z.array(sessionItem).describe('Those sessions, the oldest first.'),
});
export type FailureCause = z.infer<typeof failureGroup>;

export const dashboardHistory = z
  .object({
    readAt: instant,
    days: z
      .array(z.object({ day: instant, outcomes: outcomeCounts, bytesFreed: bytes }))
      .describe('The last days (UTC), the oldest first.'),
    sweeps: z.array(sweepOrIdle).describe('Those of these days, the newest first.'),
    failures: z.array(failureGroup).describe('What fails, by cause: what needs manual action first.'),
    cut: z
      .object({ runs: z.boolean(), outcomes: z.boolean(), sessions: z.boolean() })
      .describe('What was not read to its end, because there is more than fits in one answer.'),
  })
  .meta({ id: 'DashboardHistory', description: 'The outcomes and sweeps of the last days, and what fails now.' });
export type DashboardHistory = z.infer<typeof dashboardHistory>;
