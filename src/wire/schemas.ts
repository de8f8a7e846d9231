import * as z from 'zod';
import type { RowPlan } from '../cleanup/model/outcome.ts';
import { noOutcomes, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import { STOP_REASONS, type StopReason } from '../cleanup/model/stopReason.ts';
import { TRIGGERS, type Trigger } from '../cleanup/model/trigger.ts';
import type { SessionState } from '../cleanup/sessionState.ts';

/**
 * The JSON of all answers. The API description is generated from these schemas, and the answers have their types. Schemas with an
 * id are exported, so that the API description includes them.
 */

export const instant = z.iso.datetime();
export const count = z.int().min(0);
export const bytes = count.describe('Bytes');
const guid = z.string().meta({ format: 'uuid' });

export const STATES = ['active', 'stale', 'waiting', 'givenUp'] as const satisfies SessionState[];
const TRIGGER = z.enum(Object.keys(TRIGGERS) as [Trigger, ...Trigger[]]);
const ROW_PLANS = ['removed', 'updated', 'triedAgainLater', 'givenUp', 'left'] as const satisfies RowPlan[];
const STOPS = Object.keys(STOP_REASONS) as [StopReason, ...StopReason[]];
/** The outcomes that are recorded: all but those of dry runs. */
export const OUTCOMES = ['deleted', 'notFound', 'active', 'failed', 'invalid'] as const satisfies OutcomeKind[];
const ALL_OUTCOMES = Object.keys(noOutcomes()) as [OutcomeKind, ...OutcomeKind[]];

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    continuationToken: z.string().optional().describe('Requests the next page. Left out on the last page.'),
  });

export const sessionItem = z
  .object({
    sessionId: z
      .string()
      .describe('The row key as it is in the table: usually a GUID, but an invalid row can have any text.'),
    state: z
      .enum(STATES)
      .describe(
        '`active`: received a chunk or heartbeat within STALE_AFTER. `stale`: did not; the next sweep cleans it up. `waiting`: its last cleanup failed and ' +
          'will be retried. `givenUp`: needs manual action.',
      ),
    lastActivity: instant.describe('The last chunk or heartbeat; if the row has no valid one, its last write.'),
    lastActivityError: z.string().optional().describe("Why the row's own lastActivity is ignored."),
    storeRelativePath: z.string().optional(),
    owner: z.string().optional(),
    attempts: count.describe('How many cleanups have failed so far.'),
    nextAttemptAt: instant.optional().describe('No cleanup before this.'),
    lastError: z.string().optional().describe('The error of the last failed cleanup.'),
  })
  .meta({ id: 'Session', description: 'A registered upload session, as recorded in its row.' });
export type SessionItem = z.infer<typeof sessionItem>;

export const sessionList = listOf(sessionItem).meta({ id: 'SessionList', description: 'In the order of their keys.' });

export const outcomeItem = z
  .object({
    sessionId: z.string(),
    outcome: z.enum(OUTCOMES),
    trigger: TRIGGER,
    runId: z.string(),
    runStartedAt: instant,
    httpStatus: z.int().optional().describe("The status of the cluster's answer that decided the outcome."),
    errorCode: z
      .string()
      .optional()
      .describe('The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
    errorMessage: z.string().optional().describe('Why it was not deleted.'),
    attempt: count.describe('Which cleanup of this session it was.'),
    tries: count.describe('How many calls to the cluster it took.'),
    durationMs: z.number().min(0),
    lastActivity: instant.optional(),
    bytes: bytes.optional().describe("Bytes that it held on the cluster's disks."),
    fileSizeBytes: bytes.optional().describe('The size of the whole upload.'),
    complete: z
      .boolean()
      .optional()
      .describe(
        'Whether all chunks were there: usually the staged copy of a committed file. `false`: abandoned midway.',
      ),
    storeRelativePath: z.string().optional(),
    owner: z.string().optional(),
    requestId: z.string().optional().describe("X-ServiceFabricRequestId: finds the call in the cluster's own traces."),
  })
  .meta({ id: 'Outcome', description: 'How the cleanup of one upload session ended.' });
export type OutcomeItem = z.infer<typeof outcomeItem>;

export const outcomeList = listOf(outcomeItem).meta({ id: 'OutcomeList', description: 'Those of newer runs first.' });

const range = z.object({ start: count, end: count }).describe('Both ends included, in bytes.');

export const clusterView = z
  .discriminatedUnion('answer', [
    z.object({
      answer: z.literal('found'),
      storeRelativePath: z.string().optional(),
      fileSizeBytes: bytes.optional(),
      heldBytes: bytes.optional().describe("Bytes that it holds on the cluster's disks."),
      missingRanges: z
        .array(range)
        .optional()
        .describe('What the cluster still waits for. Empty: all chunks are there.'),
      lastChunkAt: instant.optional().describe("By the cluster's clock."),
      clusterTime: instant.optional().describe("The cluster's clock when it answered."),
      requestId: guid,
    }),
    z.object({
      answer: z.literal('notFound').describe('Expired or deleted before, or never known to this cluster.'),
      clusterTime: instant.optional(),
      requestId: guid,
    }),
    z.object({
      answer: z.literal('failed').describe('The call to the cluster failed.'),
      message: z.string(),
      errorCode: z.string().describe('The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
      httpStatus: z.int().optional(),
      requestId: guid.optional(),
    }),
  ])
  .meta({ id: 'ClusterView', description: 'What the cluster reports about an upload session.' });
export type ClusterView = z.infer<typeof clusterView>;

export const sessionDetails = z
  .object({
    sessionId: guid,
    registered: sessionItem.optional().describe('Its row. Left out: it is not registered, or already cleaned up.'),
    cluster: clusterView,
    history: outcomeList.describe('Its newest outcomes; GET /outcomes?sessionId=… continues with the token.'),
  })
  .meta({ id: 'SessionDetails', description: 'What is known about one upload session.' });
export type SessionDetails = z.infer<typeof sessionDetails>;

export const outcomeCounts = z
  .object(Object.fromEntries(ALL_OUTCOMES.map((kind) => [kind, count])) as Record<OutcomeKind, typeof count>)
  .meta({ id: 'OutcomeCounts', description: 'How many sessions ended in each outcome.' });

const run = {
  runId: z.string(),
  sweepId: z.string().describe('Shared by all runs of one sweep: the id of the run that began it.'),
  partition: z.string().optional().describe('The session partition that it swept, where a sweep was fanned out.'),
  parts: count.optional().describe('How many partitions it fanned out to. Such a run sweeps no partition itself.'),
  trigger: TRIGGER,
  startedAt: instant,
  durationMs: z.number().min(0),
  dryRun: z.boolean().describe('Whether it was a dry run: nothing was changed on the cluster or in the rows.'),
  scanned: count.describe('Rows read from the table of sessions.'),
  outcomes: outcomeCounts,
  bytesFreed: bytes.describe('Bytes that the deleted sessions held, as far as known.'),
  bytesToFree: bytes.optional().describe('Bytes that a sweep would free, by a dry run.'),
  stoppedBy: z.enum(STOPS).describe('The stop reason. Only `completed` has processed every stale session.'),
  error: z.string().optional().describe('Why it ended early.'),
  rowsRefused: count.optional().describe('Rows that the storage service refused to write.'),
  probe: z
    .object({ at: instant, verdict: z.enum(['good', ...STOPS]) })
    .optional()
    .describe('The result of its last probe of the cluster.'),
  store: z
    .union([
      z.literal('unknown'),
      z.object({ stagedBytes: bytes, stagedFiles: count, capacityBytes: bytes, availableBytes: bytes }),
    ])
    .optional()
    .describe(
      'What the image store holds, and how full its disk is. `unknown`: the cluster did not say. Of scheduled sweeps.',
    ),
};

export const runItem = z.object(run).meta({ id: 'Run', description: 'A whole sweep, or a part of one.' });
export type RunItem = z.infer<typeof runItem>;

export const runList = listOf(runItem).meta({ id: 'RunList', description: 'The newest first.' });

export const sweepOverview = z
  .object({
    sweepId: z.string(),
    trigger: TRIGGER.describe('What asked for the sweep.'),
    startedAt: instant,
    endedAt: instant.describe('When the last run so far ended.'),
    dryRun: run.dryRun,
    parts: z
      .object({
        expected: count.optional().describe('Left out if the run that began the sweep was not found.'),
        ended: count.describe('Those with at least one run.'),
        completed: count.describe('Those whose newest run has processed every stale session.'),
      })
      .describe('The partitions that the sweep was fanned out to; one part where it was not.'),
    scanned: run.scanned,
    outcomes: outcomeCounts,
    bytesFreed: run.bytesFreed,
    bytesToFree: run.bytesToFree,
    stoppedBy: z
      .enum(STOPS)
      .optional()
      .describe('The worst stop reason of a part. Left out if not every part has ended.'),
    error: run.error,
    runs: z.array(runItem).describe('All runs of it, the newest first. A part that failed may have several.'),
  })
  .meta({ id: 'Sweep', description: 'All runs of one sweep, combined.' });
export type SweepOverviewItem = z.infer<typeof sweepOverview>;

/** A sweep without its runs. */
export const sweepLine = sweepOverview
  .omit({ runs: true })
  .meta({ id: 'SweepLine', description: 'One sweep: the sums of its runs.' });
export type SweepLine = z.infer<typeof sweepLine>;

export const sweepList = listOf(sweepLine).meta({ id: 'SweepList', description: 'The newest first.' });

export const planned = z
  .object({
    sessionId: z.string(),
    outcome: z.enum(['wouldDelete', 'notFound', 'active', 'failed', 'invalid']),
    why: z.string(),
    row: z.enum(ROW_PLANS).describe('What would happen to its row.'),
    lastActivity: instant.optional(),
    bytes: bytes.optional().describe("Bytes that would be freed on the cluster's disks."),
    storeRelativePath: z.string().optional(),
    owner: z.string().optional(),
    errorCode: z.string().optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Planned', description: 'What a sweep would do with one upload session, and why.' });
export type PlannedItem = z.infer<typeof planned>;

export const sweepAnswer = z
  .object({
    ...run,
    planned: z.array(planned).optional().describe('Of a dry run: each session, up to 1,000, and up to 4 MiB.'),
    plannedLeftOut: count.optional().describe('Of a dry run: how many more there were.'),
  })
  .meta({ id: 'SweepAnswer', description: 'The requested sweep, after its end.' });
export type SweepAnswer = z.infer<typeof sweepAnswer>;

export const deletion = z
  .object({
    sessionId: guid,
    outcome: z.enum(['deleted', 'notFound']),
    requestId: z.string().optional(),
    bytes: bytes.optional().describe("Bytes that it held on the cluster's disks, if known."),
  })
  .meta({ id: 'Deletion', description: 'How the cleanup of one upload session ended.' });

export const health = z
  .object({ status: z.enum(['up', 'down']) })
  .meta({ id: 'Health', description: 'Whether the app works.' });
export type Health = z.infer<typeof health>;

export const healthDetails = z
  .object({
    status: z.enum(['up', 'down']),
    checks: z.array(
      z.object({
        name: z.enum(['settings', 'sessionTable', 'outcomeTable', 'runTable', 'cluster', 'credentials']),
        status: z
          .enum(['ok', 'warning', 'failed', 'skipped'])
          .describe(
            '`warning`: it works, but needs attention. `skipped`: not checked because another check failed. One check that ' +
              '`failed` makes the status `down`.',
          ),
        latencyMs: z.number().min(0).optional(),
        askedAt: instant.optional().describe('When the cluster was probed, up to a minute ago.'),
        clockSkewMs: z.number().optional().describe('How far the other clock is ahead of the app’s, to the second.'),
        detail: z.string().optional().describe('What was found.'),
        advice: z.string().optional().describe('How to fix it.'),
      }),
    ),
  })
  .meta({ id: 'HealthDetails', description: 'The parts that the app depends on, each with its response time.' });
export type HealthDetails = z.infer<typeof healthDetails>;

export const problemDetails = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What was wrong and how to fix it.'),
    errors: z
      .array(z.object({ name: z.string(), detail: z.string() }))
      .optional()
      .describe('For an invalid request: the invalid parameters and members.'),
    invocationId: z.string().optional().describe("Finds the app's own log of this request."),
  })
  .meta({ id: 'Problem', description: 'An error answer (RFC 9457). Some have further members.' });

export const apiDescription = z
  .looseObject({ openapi: z.string() })
  .meta({ id: 'ApiDescription', description: 'An OpenAPI 3.1 description.' });
