import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { cleanUpOnRequest } from '../cleanup/cleanUpOnRequest.ts';
import { judgeCluster } from '../cleanup/clusterVerdict.ts';
import { holdFailures } from '../cleanup/heldFailures.ts';
import type { Cleanup } from '../cleanup/model/outcome.ts';
import type { OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import { RowRefusedError } from '../cleanup/model/rowRefusedError.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import { STOP_REASONS, type StopReason } from '../cleanup/model/stopReason.ts';
import type { App } from '../composition/app.ts';
import { counted, oneLine } from '../wire/words.ts';
import type { Cli } from './command.ts';
import { deletionTable, toDeletionItem } from './deletionTable.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { type FormatOptions, listPrinter } from './format.ts';
import { listenForInterrupt } from './interrupt.ts';

/** How sessions are deleted, and how their outcomes are printed. */
interface DeletionOptions extends FormatOptions {
  onlyIfStale?: boolean;
}

/**
 * Deletes sessions, several in parallel, and prints and records every outcome. Starts no further one after Ctrl-C, or if the cluster or
 * the storage does not work.
 */
export async function deleteSessions(
  { out, err }: Cli,
  app: App,
  ids: readonly SessionId[],
  options: DeletionOptions,
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
      // A refused row does not affect the others. If the storage itself fails, no further outcome can be recorded.
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
