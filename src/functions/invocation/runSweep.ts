import type { InvocationContext } from '@azure/functions';
import type { Run } from '../../cleanup/model/run.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { type SweepRules, sweep } from '../../cleanup/sweep.ts';
import type { App } from '../../composition/app.ts';
import { awaitedByShutdown, shuttingDown } from '../lifecycle/shutdown.ts';
import { errorFacts, logLine, logTo } from './connect.ts';
import { logPlanned } from './logPlanned.ts';

/** A sweep was stopped in a way that must make its invocation fail. */
export class SweepStoppedError extends Error {
  override readonly name = 'SweepStoppedError';
}

/**
 * Runs a sweep for a timer or a queue, and logs how it ended.
 *
 * @throws {SweepStoppedError} if the stop reason makes the invocation fail; an error of the storage. Both are logged
 */
export async function runSweep(app: App, rules: SweepRules, run: Run, context: InvocationContext): Promise<RunRecord> {
  const ports = { ...app.ports(logTo(context)), planned: logPlanned(context) };
  const swept = awaitedByShutdown(app.trace.sweep(run, () => sweep(ports, rules, run, shuttingDown)));
  const summary = await reportedIfFailed(swept, context);
  reportEnd(summary, context);
  return summary;
}

/** Logs how a run ended. @throws {SweepStoppedError} if the stop reason makes the invocation fail */
export function reportEnd(summary: RunRecord, context: InvocationContext): void {
  const { advice, invocation } = STOP_REASONS[summary.stoppedBy];
  const line = logLine([`Sweep ended: ${summary.stoppedBy}.`, advice].filter(Boolean).join(' '), summary);
  if (invocation === 'succeeds') {
    context.log(line);
    return;
  }
  context.error(line);
  throw new SweepStoppedError(`The sweep was stopped (${summary.stoppedBy}): ${summary.error}`);
}

/** Awaits work on the storage; if it fails, logs how to fix it. @throws the error of the work */
export async function reportedIfFailed<T>(work: Promise<T>, context: InvocationContext): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const facts = { runId: context.invocationId, ...errorFacts(error) };
    context.error(logLine(`The sweep failed. ${STOP_REASONS.error.sentence} ${STOP_REASONS.error.advice}`, facts));
    throw error;
  }
}
