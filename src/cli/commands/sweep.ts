import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Planned } from '../../cleanup/model/outcome.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import { type SweepRules, sweep } from '../../cleanup/sweep.ts';
import type { App } from '../../composition/putTogether.ts';
import type { SweepAnswer } from '../../wire/schemas.ts';
import { toPlannedItem, toRunItem } from '../../wire/toWire.ts';
import { counted, spanInWords } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { countStale } from '../countStale.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { failureLog } from '../failureLog.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { limitValue, olderThanValue, timeBudgetValue } from '../optionValues.ts';
import type { Output } from '../output.ts';
import { noProgress, type Progress, startProgress } from '../progress.ts';
import { printPlanned, printSummary } from '../sweepReport.ts';

interface SweepOptions extends CommonOptions {
  dryRun?: boolean;
  olderThan?: number;
  limit?: number;
  timeBudget?: number;
  quiet?: boolean;
  belowStaleAfter?: boolean;
}

/** What calls under way may take after Ctrl-C, in milliseconds. */
const ABORTED_DRAIN_MS = 10_000;

/** In the JSON of a dry run; beyond, `plannedLeftOut` counts. */
const MOST_PLANNED = 100_000;

const EXAMPLES = [
  'upload-session-sweeper sweep --dry-run',
  'upload-session-sweeper sweep --older-than 1h --limit 100',
  "upload-session-sweeper sweep --dry-run --json | jq '.planned[]'",
];

/** `sweep`: sweeps now, or says what a sweep would do. */
export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .summary('sweep now, or say what a sweep would do')
    .description(
      'Deletes the stale upload sessions on the cluster and records every outcome, as the app does on its schedule. Each ' +
        'session is asked for first: one that is still receiving chunks is left alone. It ends when all stale sessions were ' +
        'seen; Ctrl-C ends it early, with what is under way recorded and a summary (a second Ctrl-C ends it at once).',
    )
    .option('--dry-run', 'only say what would happen to which session, and why (default: SWEEP_DRY_RUN)')
    .option('--no-dry-run', 'sweep although SWEEP_DRY_RUN is true')
    .option('--older-than <duration>', 'without activity for this long is stale (default: STALE_AFTER)', olderThanValue)
    .option('--limit <n>', 'most sessions to take; 0: all (default: SWEEP_LIMIT)', limitValue)
    .option('--time-budget <duration>', 'take no new session after this (default: no bound)', timeBudgetValue)
    .option('--quiet', 'no progress and no messages but errors')
    .option('--below-stale-after', 'do not ask when --older-than is below STALE_AFTER, which may cancel a live upload');
  common(command, EXAMPLES).action((options: SweepOptions) => run(options, (cli) => sweepNow(cli, options)));
}

async function sweepNow({ out, err, connect }: Cli, options: SweepOptions): Promise<ExitCode> {
  const app = await connect();
  const rules: SweepRules = {
    ...olderThanRules(app.sweepRules, options.olderThan ?? app.sweepRules.staleAfterMs),
    dryRun: options.dryRun ?? app.sweepRules.dryRun,
    limit: options.limit ?? app.sweepRules.limit,
    // SWEEP_TIME_BUDGET is about the timeout of functions, which there is none of here.
    timeBudgetMs: options.timeBudget ?? Number.POSITIVE_INFINITY,
    abortedDrainMs: ABORTED_DRAIN_MS,
  };
  if (!options.quiet) announce(err, app, rules, options);
  const risk = rules.dryRun || options.belowStaleAfter ? undefined : riskOf(app, rules);
  if (risk && !(await isMeant(err, risk, await countStale(app.storage, rules, new Date())))) {
    err.line('Nothing was done.');
    return EXIT.interrupted;
  }
  const total = options.quiet ? undefined : await countStale(app.storage, rules, new Date());
  // Rows of a dry run on a terminal are progress enough, and would tear the bar apart.
  const isBare = options.quiet || (rules.dryRun && !options.json && out.isTerminal);
  const progress = isBare ? noProgress(err) : startProgress(err, { noun: 'session', total });
  const summary = await sweepWith(app, rules, options, out, progress);
  return exitCodeOf(summary);
}

function announce(err: Output, app: App, rules: SweepRules, { dryRun }: SweepOptions): void {
  const what = rules.dryRun ? 'Dry run' : 'Sweep';
  err.paragraph(`${what} of ${clusterInWords(app)}: sessions without activity for ${spanInWords(rules.staleAfterMs)}.`);
  if (rules.dryRun && dryRun === undefined) {
    err.paragraph('SWEEP_DRY_RUN is true, so this only looks. With --no-dry-run it sweeps.');
  }
}

/** Asks on a terminal, with the number of sessions; elsewhere the option must say it. */
function isMeant(err: Output, risk: string, count: number | undefined): Promise<boolean> {
  const many = count === undefined ? 'Many sessions are' : `${counted(count, 'session')} ${count === 1 ? 'is' : 'are'}`;
  const what = `${risk} ${many} stale by that.`;
  return confirm(
    err,
    `${what} Sweep them?`,
    `${what} Give --below-stale-after to sweep them, or --dry-run to see them`,
  );
}

/** Why a sweep is less careful than those that are meant by the settings' defaults. */
function riskOf({ sweepRules }: App, { staleAfterMs }: SweepRules): string | undefined {
  if (staleAfterMs >= sweepRules.staleAfterMs) return undefined;
  return (
    `${spanInWords(staleAfterMs)} is less than STALE_AFTER (${spanInWords(sweepRules.staleAfterMs)}): an upload that pauses for ` +
    'so long between two chunks is cancelled.'
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
      if (!options.json) printPlanned(one, out);
      else if (planned.length < MOST_PLANNED) planned.push(one);
      else leftOut += 1;
    },
  };
  const interrupt = listenForInterrupt(() =>
    progress.say('Ending: what is under way is waited for and recorded. Ctrl-C again ends at once.'),
  );
  const orders = { runId: randomUUID(), trigger: 'cli', startedAt: new Date() } as const;
  let summary: RunRecord;
  try {
    summary = await sweep(watched, rules, orders, interrupt.signal);
  } finally {
    interrupt.close();
    failures.end();
    progress.end();
  }
  if (options.json) {
    const answer: SweepAnswer = {
      ...toRunItem(summary),
      ...(rules.dryRun ? { planned: planned.map(toPlannedItem) } : {}),
      ...(leftOut > 0 ? { plannedLeftOut: leftOut } : {}),
    };
    out.json(answer);
  } else printSummary(summary, out);
  return summary;
}

function exitCodeOf({ stoppedBy, outcomes }: RunRecord): ExitCode {
  if (stoppedBy === 'aborted') return EXIT.interrupted;
  const { invocation } = STOP_REASONS[stoppedBy];
  return invocation === 'fails' || outcomes.failed + outcomes.invalid > 0 ? EXIT.failed : EXIT.done;
}
