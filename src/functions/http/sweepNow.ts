import * as v from 'valibot';
import type { Planned } from '../../cleanup/model/outcome.ts';
import { pageRoom } from '../../cleanup/model/page.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { StopReason } from '../../cleanup/model/stopReason.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import { sweep } from '../../cleanup/sweep.ts';
import { described } from '../../wire/described.ts';
import { ownerText } from '../../wire/registrationRules.ts';
import { type PlannedItem, type SweepAnswer, sweepAnswer } from '../../wire/schemas.ts';
import { toPlannedItem, toRunItem } from '../../wire/toWire.ts';
import { spanInWords } from '../../wire/words.ts';
import { connect, logLine, logTo } from '../invocation/connect.ts';
import { awaitedByShutdown, shuttingDown } from '../lifecycle/shutdown.ts';
import { ApiProblem } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { olderThan, wholeNumber } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/**
 * The sweep starts no session after this, in milliseconds. Even with the time that calls in progress may take, the answer is then sent
 * before the platform's load balancer closes the connection after 230 seconds.
 */
const TIME_BUDGET_MS = 160_000;
const MAX_PLANNED = 1000;
const MAX_SESSIONS = 1_000_000_000;

/** `Retry-After` before another sweep, in seconds. */
const RETRY_AFTER_SECONDS = 60;

const sweepRequest = v.strictObject({
  dryRun: v.optional(
    described(
      v.boolean('must be true or false'),
      'Whether to only report what would happen, and change nothing. Default: SWEEP_DRY_RUN.',
    ),
  ),
  olderThan,
  belowStaleAfter: v.optional(
    described(
      v.literal(true, 'must be true, or left out'),
      'Required if `olderThan` is below STALE_AFTER, which may cancel a paused upload, unless it is a dry run.',
    ),
  ),
  owner: v.optional(described(ownerText, 'Only sessions whose `owner` is exactly this.')),
  limit: v.optional(
    described(wholeNumber(1, MAX_SESSIONS), 'The maximum number of sessions to clean up. Default: SWEEP_LIMIT.'),
  ),
});

/** The problem that the answer reports for a stop reason; `undefined` if the sweep did what it could, so that the answer is its run. */
const PROBLEMS: Record<StopReason, { status: number; title: string } | undefined> = {
  completed: undefined,
  limit: undefined,
  timeBudget: undefined,
  fannedOut: undefined,
  error: undefined,
  clusterUnavailable: { status: 503, title: 'The cluster is unavailable' },
  accessDenied: { status: 502, title: 'The cluster rejected the credentials' },
  unsupportedCluster: { status: 502, title: 'The cluster has no upload sessions' },
  clockSkew: { status: 502, title: 'The clocks differ too much' },
  aborted: { status: 503, title: 'The app is shutting down' },
};

/** `POST /api/sweeps`: sweeps now, or reports what a sweep would do. */
export const route = defineRoute('sweepNow', {
  summary: 'Sweeps now, or reports what a sweep would do',
  description:
    'Answers when the sweep has ended. It starts no session after 160 seconds, or SWEEP_TIME_BUDGET if that is less, and then ' +
    'reports `timeBudget`: call again to continue. A dry run asks the cluster for each session as a sweep would, and reports ' +
    'what would happen to it and why. It cannot predict whether the cluster will accept the DELETE.',
  body: {
    schema: sweepRequest,
    required: true,
    examples: { sweep: {}, dryRun: { dryRun: true }, limited: { dryRun: false, olderThan: '1h', limit: 10 } },
  },
  answers: {
    200: {
      description: 'The sweep has ended, possibly before it had processed every session: see `stoppedBy`.',
      schema: sweepAnswer,
      examples: { sweep: examples.sweepNow, dryRun: examples.dryRun },
    },
  },
  problems: {
    409: '`olderThan` is below STALE_AFTER, and `belowStaleAfter` is not set.',
    411: 'The body was streamed and did not arrive. Send a Content-Length header.',
    413: 'The body is longer than 65,536 bytes.',
    415: 'The body is not application/json in UTF-8.',
    502: 'The sweep was stopped: the credentials were refused, the cluster has no upload sessions, or the clocks differ too much. `run` shows what was done.',
    503: 'The sweep was stopped: the cluster is unavailable, or the app is shutting down. `run` shows what was done, and `Retry-After` says when to retry.',
  },
  async handle({ body, context }) {
    const { ports, sweepRules, trace } = await connect();
    const { dryRun = sweepRules.dryRun, olderThan = sweepRules.staleAfterMs, owner, limit = sweepRules.limit } = body;
    if (olderThan < sweepRules.staleAfterMs && !dryRun && !body.belowStaleAfter) {
      throw new ApiProblem(409, 'Less than STALE_AFTER', belowStaleAfter(sweepRules.staleAfterMs), {
        olderThan: 'too short',
      });
    }
    const timeBudgetMs = Math.min(sweepRules.timeBudgetMs, TIME_BUDGET_MS);
    const rules = { ...olderThanRules(sweepRules, olderThan), dryRun, timeBudgetMs, limit, owner };
    const planned: PlannedItem[] = [];
    const fits = pageRoom();
    let leftOut = 0;
    const plan = (one: Planned) => {
      const item = toPlannedItem(one);
      if (planned.length < MAX_PLANNED && fits(item)) planned.push(item);
      else leftOut += 1;
    };
    const run = { runId: context.invocationId, trigger: 'http', startedAt: new Date() } as const;
    const work = () => sweep({ ...ports(logTo(context)), planned: plan }, rules, run, shuttingDown);
    const summary = await awaitedByShutdown(trace.sweep(run, work));
    context.log(logLine(`Sweep ended: ${summary.stoppedBy}.`, summary));
    refuseStopped(summary);
    const jsonBody: SweepAnswer = {
      ...toRunItem(summary),
      ...(dryRun ? { planned } : {}),
      ...(leftOut > 0 ? { plannedLeftOut: leftOut } : {}),
    };
    return { jsonBody };
  },
});

const belowStaleAfter = (staleAfterMs: number): string =>
  `olderThan is less than STALE_AFTER (${spanInWords(staleAfterMs)}), so an upload that pauses that long between two chunks is ` +
  'cancelled. If that is what you want, say so with "belowStaleAfter": true. A dry run shows what would happen.';

function refuseStopped(summary: RunRecord): void {
  const problem = PROBLEMS[summary.stoppedBy];
  if (!problem) return;
  throw new ApiProblem(
    problem.status,
    problem.title,
    `${summary.error ?? 'The sweep was stopped.'} The sweep was stopped (${summary.stoppedBy}).`,
    { run: toRunItem(summary) },
    problem.status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {},
  );
}
