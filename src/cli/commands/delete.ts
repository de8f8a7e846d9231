import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import pMap from 'p-map';
import { cleanUpOnRequest } from '../../cleanup/cleanUpOnRequest.ts';
import { judgeCluster } from '../../cleanup/clusterVerdict.ts';
import { holdFailures } from '../../cleanup/heldFailures.ts';
import type { Cleanup } from '../../cleanup/model/outcome.ts';
import type { OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import { RowRefusedError } from '../../cleanup/model/rowRefusedError.ts';
import type { SessionId } from '../../cleanup/model/sessionId.ts';
import { STOP_REASONS, type StopReason } from '../../cleanup/model/stopReason.ts';
import type { App } from '../../composition/app.ts';
import { counted, oneLine } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { deletionTable, toDeletionItem } from '../deletionTable.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { listPrinter } from '../format.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { MOST_SESSION_IDS, NO_SESSION_IDS, readSessionIds } from '../sessionIds.ts';

interface DeleteOptions extends CommonOptions {
  onlyIfStale?: boolean;
  yes?: boolean;
}

const EXAMPLES = [
  'upload-session-sweeper delete 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper delete --only-if-stale < session-ids.txt',
];

/** `delete`: deletes upload sessions now. */
export function describeDelete(command: Command): void {
  command
    .description(
      'Deletes upload sessions on the cluster, whether registered or not, and records every outcome. It deletes active ' +
        'sessions too: an upload that is still receiving chunks is cancelled, and its client fails. It therefore asks first ' +
        'on a terminal, and requires --yes elsewhere. With --only-if-stale it leaves active sessions alone and does not ask. ' +
        'Without arguments, or with -, the session ids are read from standard input, one a line. All of them are checked ' +
        'before anything is deleted.',
    )
    .argument('[guid...]', 'the session ids')
    .option('--only-if-stale', 'leave active sessions alone (exit code 3)')
    .option('--yes', 'do not ask');
  common(command, EXAMPLES).action((given: string[], options: DeleteOptions) =>
    run(options, async (cli) => {
      const ids = await readSessionIds(given, MOST_SESSION_IDS);
      const app = await cli.connect();
      if (!ids) cli.err.line(NO_SESSION_IDS);
      else if (!options.onlyIfStale && !options.yes && !(await isConfirmed(cli.err, app, ids.length))) {
        cli.err.line('Nothing was done.');
        return EXIT.interrupted;
      }
      return deleteAll(cli, app, ids ?? [], options);
    }),
  );
}

function isConfirmed(err: Output, app: App, count: number): Promise<boolean> {
  const question =
    `This deletes ${counted(count, 'upload session')} on ${clusterInWords(app)}, active or not. An upload that is still ` +
    'receiving chunks is cancelled. Delete?';
  return confirm(err, question, 'use --yes to delete active sessions too, or --only-if-stale to leave them alone');
}

async function deleteAll(
  { out, err }: Cli,
  app: App,
  ids: readonly SessionId[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const orders = { runId: randomUUID(), trigger: 'cli', startedAt: new Date() } as const;
  const warn = (message: string, { sessionId, error }: Record<string, unknown>) => {
    // A failed session has a line of its own. Other warnings have none.
    if (error !== undefined) err.paragraph(`${message} ${sessionId}: ${oneLine(String(error))}`);
  };
  const ports = app.ports({ warn });
  const rules = app.onRequestRules(options.onlyIfStale === true);
  const report = (message: string) => err.paragraph(message);
  const inFlight = new Set<SessionId>();
  const interrupt = listenForInterrupt(report, () => [
    ...[...inFlight].map((id) => `${id}: in flight, so its outcome may not be recorded. Run the command again for it.`),
    ...untried(inFlight.size),
  ]);
  const stop = new AbortController();
  const stopped = AbortSignal.any([interrupt.signal, stop.signal]);
  const printer = listPrinter(out, options, deletionTable(out));
  const seen = new Map<OutcomeKind, number>();
  let stoppedBy: StopReason | undefined;
  const probe = async () => {
    const verdict = await judgeCluster(ports, rules.maxClockSkewMs, interrupt.signal);
    if (!verdict || verdict.verdict === 'good') return verdict;
    stoppedBy = verdict.verdict;
    stop.abort();
    return verdict;
  };
  // Each failure is recorded already. It is held only until it is known whether the cluster works.
  const held = holdFailures<void>(probe, async () => {});
  const unrecorded: { id: SessionId; error: unknown }[] = [];
  const untried = (running: number) => {
    const tried = [...seen.values()].reduce((sum, count) => sum + count, unrecorded.length + running);
    return tried < ids.length ? [`${counted(ids.length - tried, 'upload session')} not tried.`] : [];
  };
  const deleteOne = async (id: SessionId) => {
    await held.ready();
    if (stopped.aborted) return;
    let cleanup: Cleanup;
    inFlight.add(id);
    try {
      cleanup = await cleanUpOnRequest(ports, id, rules, orders, { stopped });
    } catch (error) {
      unrecorded.push({ id, error });
      // A row that the storage refuses says nothing about the others; without the storage nothing can be recorded.
      if (!(error instanceof RowRefusedError)) stop.abort();
      return;
    } finally {
      inFlight.delete(id);
    }
    const { kind } = cleanup.outcome;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    printer.print(toDeletionItem(id, cleanup));
    if (cleanup.outcome.kind === 'failed') await held.hold(undefined, cleanup.outcome);
  };
  try {
    await pMap(ids, deleteOne, { concurrency: rules.concurrency });
  } finally {
    interrupt.close();
  }
  printer.end();
  for (const { id } of unrecorded) report(`${id}: the outcome is not recorded. Run the command again for it.`);
  for (const message of untried(0)) report(message);
  const advice = stoppedBy && STOP_REASONS[stoppedBy].advice;
  if (advice) report(advice);
  const [first] = unrecorded;
  if (first) throw first.error;
  if (interrupt.signal.aborted) return EXIT.interrupted;
  if (seen.has('failed')) return EXIT.failed;
  return seen.has('active') ? EXIT.notFound : EXIT.done;
}
