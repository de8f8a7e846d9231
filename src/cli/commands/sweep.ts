import type { Command } from 'commander';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import type { SweepRules } from '../../cleanup/sweep.ts';
import type { App } from '../../composition/app.ts';
import { counted, spanInWords } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { countStale } from '../countStale.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { isTable } from '../format.ts';
import { limitValue, olderThanValue, ownerValue, timeBudgetValue } from '../optionValues.ts';
import type { Output } from '../output.ts';
import { noProgress, startProgress } from '../progress.ts';
import { runSweep } from '../runSweep.ts';
import { hasFailures } from '../styles.ts';

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
  const total = options.quiet && !risk ? undefined : await countStale(app.storage, rules, new Date());
  if (risk && !(await isConfirmed(err, risk, total))) {
    err.line('Nothing was done.');
    return EXIT.interrupted;
  }
  // The rows of a dry run on a terminal show its progress, and would interrupt a bar.
  const isBare = options.quiet || (rules.dryRun && isTable(options) && out.isTerminal);
  const progress = isBare ? noProgress(err) : startProgress(err, { noun: 'session', total });
  return exitCodeOf(await runSweep(app, rules, options, out, progress));
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

/** Asks on a terminal, with the number of sessions; elsewhere the option is required. */
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

function exitCodeOf({ stoppedBy, outcomes }: RunRecord): ExitCode {
  if (stoppedBy === 'aborted') return EXIT.interrupted;
  const { invocation } = STOP_REASONS[stoppedBy];
  return invocation === 'fails' || hasFailures(outcomes) ? EXIT.failed : EXIT.done;
}
