import * as v from 'valibot';
import type { RowPlan } from '../cleanup/model/outcome.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import { STOP_REASONS, type StopReason } from '../cleanup/model/stopReason.ts';
import { TRIGGERS, type Trigger } from '../cleanup/model/trigger.ts';
import type { SessionState } from '../cleanup/sessionState.ts';
import { described, named } from './described.ts';

/**
 * The JSON of all answers. The API description is generated from these schemas, and the answers have their types. Named
 * schemas are exported, so that the API description includes them.
 */

export const instant = v.pipe(v.string(), v.isoTimestamp());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.minValue(0));
const guid = v.pipe(v.string(), v.uuid());
const httpStatus = v.pipe(v.number(), v.integer());

export const STATES = ['active', 'stale', 'waiting', 'givenUp'] as const satisfies SessionState[];
const TRIGGER = v.picklist(Object.keys(TRIGGERS) as [Trigger, ...Trigger[]]);
const ROW_PLANS = ['removed', 'updated', 'triedAgainLater', 'givenUp', 'left'] as const satisfies RowPlan[];
const STOPS = Object.keys(STOP_REASONS) as [StopReason, ...StopReason[]];
const ALL_OUTCOMES = Object.keys(OUTCOME_KINDS) as OutcomeKind[];
/** The outcomes that are recorded: all but those of dry runs. */
export const OUTCOMES = ALL_OUTCOMES.filter(
  (kind): kind is Exclude<OutcomeKind, 'wouldDelete'> => OUTCOME_KINDS[kind].recorded,
);

const listOf = <Item extends v.GenericSchema>(item: Item) =>
  v.strictObject({
    items: v.array(item),
    continuationToken: v.optional(described(v.string(), 'Requests the next page. Left out on the last page.')),
  });

export const sessionItem = named(
  'Session',
  'A registered upload session, as recorded in its row.',
  v.strictObject({
    sessionId: described(
      v.string(),
      'The row key as it is in the table: usually a GUID, but an invalid row can have any text.',
    ),
    state: described(
      v.picklist(STATES),
      '`active`: received a chunk or heartbeat within STALE_AFTER. `stale`: did not; the next sweep cleans it up. `waiting`: its last cleanup failed and ' +
        'will be retried. `givenUp`: needs manual action.',
    ),
    lastActivity: described(instant, 'The last chunk or heartbeat; if the row has no valid one, its last write.'),
    lastActivityError: v.optional(described(v.string(), "Why the row's own lastActivity is ignored.")),
    storeRelativePath: v.optional(v.string()),
    owner: v.optional(v.string()),
    attempts: described(count, 'How many cleanups have failed so far.'),
    nextAttemptAt: v.optional(described(instant, 'No cleanup before this.')),
    lastError: v.optional(described(v.string(), 'The error of the last failed cleanup.')),
  }),
);
export type SessionItem = v.InferOutput<typeof sessionItem>;

export const sessionList = named('SessionList', 'In the order of their keys.', listOf(sessionItem));

export const outcomeItem = named(
  'Outcome',
  'How the cleanup of one upload session ended.',
  v.strictObject({
    sessionId: v.string(),
    outcome: v.picklist(OUTCOMES),
    trigger: TRIGGER,
    runId: v.string(),
    runStartedAt: instant,
    httpStatus: v.optional(described(httpStatus, "The status of the cluster's answer that decided the outcome.")),
    errorCode: v.optional(
      described(v.string(), 'The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
    ),
    errorMessage: v.optional(described(v.string(), 'Why it was not deleted.')),
    attempt: described(count, 'Which cleanup of this session it was.'),
    tries: described(count, 'How many calls to the cluster it took.'),
    durationMs: milliseconds,
    lastActivity: v.optional(instant),
    bytes: v.optional(described(count, "Bytes that it held on the cluster's disks.")),
    fileSizeBytes: v.optional(described(count, 'The size of the whole upload.')),
    complete: v.optional(
      described(
        v.boolean(),
        'Whether all chunks were there: usually the staged copy of a committed file. `false`: abandoned midway.',
      ),
    ),
    storeRelativePath: v.optional(v.string()),
    owner: v.optional(v.string()),
    requestId: v.optional(
      described(v.string(), "X-ServiceFabricRequestId: finds the call in the cluster's own traces."),
    ),
  }),
);
export type OutcomeItem = v.InferOutput<typeof outcomeItem>;

export const outcomeList = named('OutcomeList', 'Those of newer runs first.', listOf(outcomeItem));

const range = described(v.strictObject({ start: count, end: count }), 'Both ends included, in bytes.');

export const clusterView = named(
  'ClusterView',
  'What the cluster reports about an upload session.',
  v.variant('answer', [
    v.strictObject({
      answer: v.literal('found'),
      storeRelativePath: v.optional(v.string()),
      fileSizeBytes: v.optional(described(count, 'The size of the whole upload.')),
      heldBytes: v.optional(described(count, "Bytes that it holds on the cluster's disks.")),
      missingRanges: v.optional(
        described(v.array(range), 'What the cluster still waits for. Empty: all chunks are there.'),
      ),
      lastChunkAt: v.optional(described(instant, "By the cluster's clock.")),
      clusterTime: v.optional(described(instant, "The cluster's clock when it answered.")),
      requestId: guid,
    }),
    v.strictObject({
      answer: described(v.literal('notFound'), 'Expired or deleted before, or never known to this cluster.'),
      clusterTime: v.optional(instant),
      requestId: guid,
    }),
    v.strictObject({
      answer: described(v.literal('failed'), 'The call to the cluster failed.'),
      message: v.string(),
      errorCode: described(v.string(), 'The FabricErrorCode, or the kind of failure if the cluster sent no code.'),
      httpStatus: v.optional(httpStatus),
      requestId: v.optional(guid),
    }),
  ]),
);
export type ClusterView = v.InferOutput<typeof clusterView>;

export const sessionDetails = named(
  'SessionDetails',
  'What is known about one upload session: its row, unless it is not registered or already cleaned up; what the cluster reports; and ' +
    'its newest outcomes, which GET /outcomes?sessionId=… continues with the token.',
  v.strictObject({
    sessionId: guid,
    registered: v.optional(sessionItem),
    cluster: clusterView,
    history: outcomeList,
  }),
);
export type SessionDetails = v.InferOutput<typeof sessionDetails>;

export const outcomeCounts = named(
  'OutcomeCounts',
  'How many sessions ended in each outcome.',
  v.strictObject(Object.fromEntries(ALL_OUTCOMES.map((kind) => [kind, count])) as Record<OutcomeKind, typeof count>),
);

const sums = {
  dryRun: described(v.boolean(), 'Whether it was a dry run: nothing was changed on the cluster or in the rows.'),
  scanned: described(count, 'Rows read from the table of sessions.'),
  outcomes: outcomeCounts,
  bytesFreed: described(count, 'Bytes that the deleted sessions held, as far as known.'),
  bytesToFree: v.optional(described(count, 'Bytes that a sweep would free, by a dry run.')),
  error: v.optional(described(v.string(), 'Why it ended early.')),
};

const run = {
  runId: v.string(),
  sweepId: described(v.string(), 'Shared by all runs of one sweep: the id of the run that began it.'),
  partition: v.optional(described(v.string(), 'The session partition that it swept, where a sweep was fanned out.')),
  parts: v.optional(described(count, 'How many partitions it fanned out to. Such a run sweeps no partition itself.')),
  trigger: TRIGGER,
  startedAt: instant,
  durationMs: milliseconds,
  ...sums,
  stoppedBy: described(v.picklist(STOPS), 'The stop reason. Only `completed` has processed every stale session.'),
  rowsRefused: v.optional(described(count, 'Rows that the storage service refused to write.')),
  probe: v.optional(
    described(
      v.strictObject({ at: instant, verdict: v.picklist(['good', ...STOPS]) }),
      'The result of its last probe of the cluster.',
    ),
  ),
  store: v.optional(
    described(
      v.union([
        v.literal('unknown'),
        v.strictObject({ stagedBytes: count, stagedFiles: count, capacityBytes: count, availableBytes: count }),
      ]),
      'What the image store holds, and how full its disk is. `unknown`: the cluster did not say. Of scheduled sweeps.',
    ),
  ),
};

export const runItem = named('Run', 'A whole sweep, or a part of one.', v.strictObject(run));
export type RunItem = v.InferOutput<typeof runItem>;

export const runList = named('RunList', 'The newest first.', listOf(runItem));

const sweepSums = {
  sweepId: v.string(),
  trigger: described(TRIGGER, 'What asked for the sweep.'),
  startedAt: instant,
  endedAt: described(instant, 'When the last run so far ended.'),
  ...sums,
  parts: described(
    v.strictObject({
      expected: v.optional(described(count, 'Left out if the run that began the sweep was not found.')),
      ended: described(count, 'Those with at least one run.'),
      completed: described(count, 'Those whose newest run has processed every stale session.'),
    }),
    'The partitions that the sweep was fanned out to; one part where it was not.',
  ),
  stoppedBy: v.optional(
    described(v.picklist(STOPS), 'The worst stop reason of a part. Left out if not every part has ended.'),
  ),
};

export const sweepOverview = named(
  'Sweep',
  'All runs of one sweep, combined.',
  v.strictObject({
    ...sweepSums,
    runs: described(v.array(runItem), 'All runs of it, the newest first. A part that failed may have several.'),
  }),
);
export type SweepOverviewItem = v.InferOutput<typeof sweepOverview>;

export const sweepLine = named('SweepLine', 'One sweep, without its runs: their sums.', v.strictObject(sweepSums));
export type SweepLine = v.InferOutput<typeof sweepLine>;

export const sweepList = named('SweepList', 'The newest first.', listOf(sweepLine));

export const planned = named(
  'Planned',
  'What a sweep would do with one upload session, and why.',
  v.strictObject({
    sessionId: v.string(),
    outcome: v.picklist(ALL_OUTCOMES.filter((kind) => kind !== 'deleted')),
    why: v.string(),
    row: described(v.picklist(ROW_PLANS), 'What would happen to its row.'),
    lastActivity: v.optional(instant),
    bytes: v.optional(described(count, "Bytes that would be freed on the cluster's disks.")),
    storeRelativePath: v.optional(v.string()),
    owner: v.optional(v.string()),
    errorCode: v.optional(v.string()),
    requestId: v.optional(v.string()),
  }),
);
export type PlannedItem = v.InferOutput<typeof planned>;

export const sweepAnswer = named(
  'SweepAnswer',
  'The requested sweep, after its end.',
  v.strictObject({
    ...run,
    planned: v.optional(described(v.array(planned), 'Of a dry run: each session, up to 1,000, and up to 4 MiB.')),
    plannedLeftOut: v.optional(described(count, 'Of a dry run: how many more there were.')),
  }),
);
export type SweepAnswer = v.InferOutput<typeof sweepAnswer>;

export const deletion = named(
  'Deletion',
  'How the cleanup of one upload session ended.',
  v.strictObject({
    sessionId: guid,
    outcome: v.picklist(['deleted', 'notFound']),
    requestId: v.optional(v.string()),
    bytes: v.optional(described(count, "Bytes that it held on the cluster's disks, if known.")),
  }),
);
export type Deletion = v.InferOutput<typeof deletion>;

export const health = named('Health', 'Whether the app works.', v.strictObject({ status: v.picklist(['up', 'down']) }));
export type Health = v.InferOutput<typeof health>;

/** The result of one health check. */
export const checkEntries = {
  name: v.picklist(['settings', 'sessionTable', 'outcomeTable', 'runTable', 'cluster', 'credentials']),
  status: described(
    v.picklist(['ok', 'warning', 'failed', 'skipped']),
    '`warning`: it works, but needs attention. `skipped`: not checked because another check failed. One check that ' +
      '`failed` makes the status `down`.',
  ),
  latencyMs: v.optional(milliseconds),
  askedAt: v.optional(described(instant, 'When the cluster was probed, up to a minute ago.')),
  clockSkewMs: v.optional(described(v.number(), 'How far the other clock is ahead of the app’s, to the second.')),
  detail: v.optional(described(v.string(), 'What was found.')),
  advice: v.optional(described(v.string(), 'How to fix it.')),
};

export const healthDetails = named(
  'HealthDetails',
  'The parts that the app depends on, each with its response time.',
  v.strictObject({ status: v.picklist(['up', 'down']), checks: v.array(v.strictObject(checkEntries)) }),
);
export type HealthDetails = v.InferOutput<typeof healthDetails>;

export const problemDetails = named(
  'Problem',
  'An error answer (RFC 9457). Some have further members.',
  v.looseObject({
    type: v.string(),
    title: v.string(),
    status: httpStatus,
    detail: described(v.string(), 'What was wrong and how to fix it.'),
    errors: v.optional(
      described(
        v.array(v.strictObject({ name: v.string(), detail: v.string() })),
        'For an invalid request: the invalid parameters and members.',
      ),
    ),
    invocationId: v.optional(described(v.string(), "Finds the app's own log of this request.")),
  }),
);

export const apiDescription = named(
  'ApiDescription',
  'An OpenAPI 3.1 description.',
  v.looseObject({ openapi: v.string() }),
);
