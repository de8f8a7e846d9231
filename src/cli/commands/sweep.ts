import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Planned } from '../../cleanup/model/outcome.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import { type SweepRules, sweep } from '../../cleanup/sweep.ts';
import type { App } from '../../composition/app.ts';
import type { SweepAnswer } from '../../wire/schemas.ts';
import { toPlannedItem, toRunItem } from '../../wire/toWire.ts';
import { counted, spanInWords } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { countStale } from '../countStale.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { failureLog } from '../failureLog.ts';
import { isTable } from '../format.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { limitValue, olderThanValue, ownerValue, timeBudgetValue } from '../optionValues.ts';
import type { Output } from '../output.ts';
import { noProgress, type Progress, startProgress } from '../progress.ts';
import { hasFailures } from '../styles.ts';
import { plannedTable, printSummary } from '../sweepReport.ts';

interface SweepOptions extends CommonOptions {
  dryRun?: boolean;
  olderThan?: number;
  owner?: string;
  limit?: number;
  timeBudget?: number;
  quiet?: boolean;
  belowStaleAfter?: boolean;
}

/** How long calls in flight may take after Ctrl-C, in milliseconds. */
const ABORTED_DRAIN_MS = 10_000;

/** How many sessions the JSON of a dry run lists. `plannedLeftOut` counts the rest. */
const MOST_PLANNED = 100_000;

const EXAMPLES = [
  'upload-session-sweeper sweep --dry-run',
  'upload-session-sweeper sweep --older-than 1h --limit 100',
  'upload-session-sweeper sweep --owner build-4711',
  "upload-session-sweeper sweep --dry-run --json | jq '.planned[]'",
];

/** `sweep`: sweeps now, or reports what a sweep would do. */
export function describeSweep(command: Command): void {
  command
    .description(
      'Deletes the stale upload sessions on the cluster and records every outcome, as the app does on its schedule. It asks ' +
        'the cluster about each session first and leaves alone those that are still receiving chunks. It ends when it has ' +
        'processed every stale session. Ctrl-C stops it early: calls in flight are recorded, and the summary is printed. A second ' +
        'Ctrl-C stops it at once.',
    )
    .option('--dry-run', 'only report what would happen to each session, and why (default: SWEEP_DRY_RUN)')
    .option('--no-dry-run', 'sweep although SWEEP_DRY_RUN is true')
    .option('--older-than <duration>', 'without activity for this long is stale (default: STALE_AFTER)', olderThanValue)
    .option('--owner <owner>', 'only sessions of exactly this owner, as it was registered', ownerValue)
    .option('--limit <n>', 'the most sessions to process; 0: all (default: SWEEP_LIMIT)', limitValue)
    .option('--time-budget <duration>', 'start no new session after this (default: unlimited)', timeBudgetValue)
    .option('--quiet', 'print no progress and no messages except errors')
    .option('--below-stale-after', 'do not ask when --older-than is below STALE_AFTER, which may cancel a live upload');
  common(command, EXAMPLES).action((options: SweepOptions) => run(options, (cli) => sweepNow(cli, options)));
}

async function sweepNow({ out, err, connect }: Cli, options: SweepOptions): Promise<ExitCode> {
  const app = await connect();
  const rules: SweepRules = {
    ...olderThanRules(app.sweepRules, options.olderThan ?? app.sweepRules.staleAfterMs),
    dryRun: options.dryRun ?? app.sweepRules.dryRun,
    limit: options.limit ?? app.sweepRules.limit,
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    // SWEEP_TIME_BUDGET is for the timeout of functions, which does not exist here.
    timeBudgetMs: options.timeBudget ?? Number.POSITIVE_INFINITY,
    abortedDrainMs: ABORTED_DRAIN_MS,
  };
  if (!options.quiet) announce(err, app, rules, options);
  const risk = rules.dryRun || options.belowStaleAfter ? undefined : riskOf(app, rules);
  if (risk && !(await isConfirmed(err, risk, await countStale(app.storage, rules, new Date())))) {
    err.line('Nothing was done.');
    return EXIT.interrupted;
  }
  const total = options.quiet ? undefined : await countStale(app.storage, rules, new Date());
  // The rows of a dry run on a terminal show its progress, and would tear the bar apart.
  const isBare = options.quiet || (rules.dryRun && isTable(options) && out.isTerminal);
  const progress = isBare ? noProgress(err) : startProgress(err, { noun: 'session', total });
  const summary = await sweepWith(app, rules, options, out, progress);
  return exitCodeOf(summary);
}

function announce(err: Output, app: App, rules: SweepRules, { dryRun }: SweepOptions): void {
  const what = rules.dryRun ? 'Dry run' : 'Sweep';
  const owner = rules.owner === undefined ? '' : ` of owner ${rules.owner}`;
  err.paragraph(
    `${what} on ${clusterInWords(app)}: sessions${owner} without activity for ${spanInWords(rules.staleAfterMs)}.`,
  );
  if (rules.dryRun && dryRun === undefined) {
    err.paragraph('SWEEP_DRY_RUN is true, so nothing is deleted. Use --no-dry-run to sweep.');
  }
}

/** Asks on a terminal, with the number of sessions; elsewhere the option must say it. */
function isConfirmed(err: Output, risk: string, count: number | undefined): Promise<boolean> {
  const many = count === undefined ? 'Many sessions are' : `${counted(count, 'session')} ${count === 1 ? 'is' : 'are'}`;
  const what = `${risk} ${many} stale by this rule.`;
  return confirm(err, `${what} Sweep them?`, `${what} Use --below-stale-after to sweep them, or --dry-run to see them`);
}

/** Why a sweep is riskier than the scheduled ones. */
function riskOf({ sweepRules }: App, { staleAfterMs }: SweepRules): string | undefined {
  if (staleAfterMs >= sweepRules.staleAfterMs) return undefined;
  return (
    `${spanInWords(staleAfterMs)} is less than STALE_AFTER (${spanInWords(sweepRules.staleAfterMs)}): an upload that pauses ` +
    'that long between two chunks is cancelled.'
  );
}

async function sweepWith(
  app: App,
  rules: SweepRules,
  options: SweepOptions,
  out: Output,
  progress: Progress,
): Promise<RunRecord> {
  const failures = failureLog(progress);
  const printPlanned = plannedTable(out);
  const planned: Planned[] = [];
  let leftOut = 0;
  const ports = app.ports(failures);
  const watched = {
    ...ports,
    async recordOutcomes(records: Parameters<typeof ports.recordOutcomes>[0]) {
      const refused = await ports.recordOutcomes(records);
      progress.count(records.length);
      return refused;
    },
    planned(one: Planned) {
      progress.count(1);
      if (isTable(options)) printPlanned(one);
      else if (planned.length < MOST_PLANNED) planned.push(one);
      else leftOut += 1;
    },
  };
  // What is in flight at a second Ctrl-C is not lost: its rows are there for the next sweep.
  const interrupt = listenForInterrupt(progress.say, () => []);
  const orders = { runId: randomUUID(), trigger: 'cli', startedAt: new Date() } as const;
  let summary: RunRecord;
  try {
    summary = await sweep(watched, rules, orders, interrupt.signal);
  } finally {
    interrupt.close();
    failures.end();
    progress.end();
  }
  if (isTable(options)) printSummary(summary, failures.groups(), out);
  else {
    const answer: SweepAnswer = {
      ...toRunItem(summary),
      ...(rules.dryRun ? { planned: planned.map(toPlannedItem) } : {}),
      ...(leftOut > 0 ? { plannedLeftOut: leftOut } : {}),
    };
    out.json(answer);
  }
  return summary;
}

function exitCodeOf({ stoppedBy, outcomes }: RunRecord): ExitCode {
  if (stoppedBy === 'aborted') return EXIT.interrupted;
  const { invocation } = STOP_REASONS[stoppedBy];
  return invocation === 'fails' || hasFailures(outcomes) ? EXIT.failed : EXIT.done;
}
