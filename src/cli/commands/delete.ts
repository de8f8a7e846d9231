import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import pMap from 'p-map';
import { cleanUpOne } from '../../cleanup/cleanUpOne.ts';
import { holdFailures, probeCluster } from '../../cleanup/heldFailures.ts';
import type { Cleanup } from '../../cleanup/model/outcome.ts';
import type { OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import { STOP_REASONS, type StopReason } from '../../cleanup/model/stopReason.ts';
import { reasonOf } from '../../cleanup/record.ts';
import type { App } from '../../composition/putTogether.ts';
import { bytesInWords, counted, oneLine } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { failureText } from '../failureText.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { readSessionIds } from '../sessionIds.ts';
import { stateSpan } from '../styles.ts';

interface DeleteOptions extends CommonOptions {
  onlyIfStale?: boolean;
  yes?: boolean;
}

const EXAMPLES = [
  'upload-session-sweeper delete 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper delete --only-if-stale < session-ids.txt',
];

/** `delete`: deletes upload sessions now. */
export function addDelete(program: Command): void {
  const command = program
    .command('delete')
    .summary('delete upload sessions now')
    .description(
      'Deletes upload sessions on the cluster, registered or not, and records every outcome. Whatever their state: an upload ' +
        'that is still receiving chunks is cancelled, and its client fails. So it asks first on a terminal, and elsewhere ' +
        'wants --yes; with --only-if-stale it leaves alone what is active, and asks nothing. Without arguments, or with -, ' +
        'the session ids are read from standard input, one a line. All are checked before anything is deleted.',
    )
    .argument('[guid...]', 'their session ids')
    .option('--only-if-stale', 'leave those alone that are still active (exit code 3)')
    .option('--yes', 'do not ask');
  common(command, EXAMPLES).action((given: string[], options: DeleteOptions) =>
    run(options, async (cli) => {
      const ids = await readSessionIds(given);
      const app = await cli.connect();
      if (ids.length > 0 && !options.onlyIfStale && !options.yes && !(await isWanted(cli.err, app, ids.length))) {
        cli.err.line('Nothing was done.');
        return EXIT.interrupted;
      }
      return deleteAll(cli, app, ids, options);
    }),
  );
}

function isWanted(err: Output, app: App, count: number): Promise<boolean> {
  const question =
    `${counted(count, 'upload session')} of ${clusterInWords(app)} will be deleted whatever the state: an upload that is still ` +
    'receiving chunks is cancelled. Delete?';
  return confirm(
    err,
    question,
    'give --yes to delete whatever the state, or --only-if-stale to leave alone what is active',
  );
}

async function deleteAll(
  { out, err }: Cli,
  app: App,
  ids: readonly string[],
  { onlyIfStale = false, json = false }: DeleteOptions,
): Promise<ExitCode> {
  const orders = { runId: randomUUID(), trigger: 'cli', startedAt: new Date() } as const;
  const warn = (message: string, { sessionId, error }: Record<string, unknown>) => {
    // A failed session has its own line; what else is odd has none.
    if (error !== undefined) err.paragraph(`${message} ${sessionId}: ${oneLine(String(error))}`);
  };
  const ports = app.ports({ warn });
  const rules = app.oneRules(onlyIfStale);
  const interrupt = listenForInterrupt(() =>
    err.line('Ending: what is under way is waited for. Ctrl-C again ends at once.'),
  );
  const stop = new AbortController();
  const stopped = AbortSignal.any([interrupt.signal, stop.signal]);
  const seen = new Map<OutcomeKind, number>();
  let stoppedBy: StopReason | undefined;
  const probe = async () => {
    const verdict = await probeCluster(ports, rules.maxClockSkewMs, interrupt.signal);
    if (!verdict || verdict.verdict === 'good') return verdict;
    stoppedBy = verdict.verdict;
    stop.abort();
    return verdict;
  };
  // Each failure is recorded already; held are they only until it is known whether the cluster works.
  const held = holdFailures<void>(probe, async () => {});
  const deleteOne = async (id: string) => {
    await held.ready();
    if (stopped.aborted) return;
    const cleanup = await cleanUpOne(ports, id, rules, orders, { stopped });
    const { kind } = cleanup.outcome;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (json) out.json(toItem(id, cleanup));
    else print(id, cleanup, out);
    if (cleanup.outcome.kind === 'failed') await held.hold(undefined, cleanup.outcome);
  };
  try {
    await pMap(ids, deleteOne, { concurrency: rules.concurrency, stopOnError: true });
  } finally {
    interrupt.close();
  }
  const done = [...seen.values()].reduce((sum, count) => sum + count, 0);
  if (done < ids.length) err.line(`${counted(ids.length - done, 'upload session')} not tried.`);
  const advice = stoppedBy && STOP_REASONS[stoppedBy].advice;
  if (advice) err.paragraph(advice);
  if (interrupt.signal.aborted) return EXIT.interrupted;
  if (seen.has('failed')) return EXIT.failed;
  return seen.has('active') ? EXIT.notFound : EXIT.done;
}

/** With the names of the HTTP API's outcomes. */
function toItem(sessionId: string, { outcome, requestId }: Cleanup) {
  const { code: errorCode, httpStatus, message: errorMessage } = reasonOf(outcome);
  const lastActivity = outcome.kind === 'active' ? outcome.lastActivity.toISOString() : undefined;
  const bytes = outcome.kind === 'deleted' ? outcome.bytes : undefined;
  return { sessionId, outcome: outcome.kind, bytes, lastActivity, httpStatus, errorCode, errorMessage, requestId };
}

function print(id: string, { outcome }: Cleanup, out: Output): void {
  const { code, message } = reasonOf(outcome);
  const left = outcome.kind === 'active' ? ' Left alone.' : '';
  const about =
    outcome.kind === 'deleted'
      ? outcome.bytes === undefined
        ? ''
        : bytesInWords(outcome.bytes)
      : failureText(code, message && oneLine(message));
  out.line(`${id}  `, stateSpan(outcome.kind), ' '.repeat(10 - outcome.kind.length), about, left);
}
