import type { InvocationContext } from '@azure/functions';
import type { RunSummary } from '../../cleanup/model/outcome.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { Run } from '../../cleanup/record.ts';
import { type SweepRules, sweep } from '../../cleanup/sweep.ts';
import type { App } from '../../composition/putTogether.ts';
import { shuttingDown, underWay } from '../lifecycle/shutdown.ts';
import { errorFacts, logLine, logTo } from './connect.ts';
import { logPlanned } from './logPlanned.ts';

/** Fails an invocation whose sweep ended in a way that needs a person, or another instance. */
export class SweepStoppedError extends Error {
  override readonly name = 'SweepStoppedError';
}

/**
 * Runs a sweep that nobody waits for, and tells its end in the log.
 *
 * @throws {SweepStoppedError} when a person has something to do, or what the storage threw; both are told in the log
 */
export async function runSweep(app: App, rules: SweepRules, run: Run, context: InvocationContext): Promise<RunSummary> {
  const ports = { ...app.ports(logTo(context)), planned: logPlanned(context) };
  const summary = await toldIfFailed(
    underWay(app.trace.sweep(run, () => sweep(ports, rules, run, shuttingDown))),
    context,
  );
  const { advice, invocation } = STOP_REASONS[summary.stoppedBy];
  const line = logLine(`Sweep ended: ${summary.stoppedBy}.${advice ? ` ${advice}` : ''}`, summary);
  if (invocation === 'fails') {
    context.error(line);
    throw new SweepStoppedError(`The sweep was stopped (${summary.stoppedBy}): ${summary.error}`);
  }
  context.log(line);
  return summary;
}

/** Waits for work on the storage, and says in the log what to do when it fails. @throws what it threw */
export async function toldIfFailed<T>(work: Promise<T>, context: InvocationContext): Promise<T> {
  try {
    return await work;
  } catch (error) {
    context.error(logLine(STORAGE_FAILED, { runId: context.invocationId, ...errorFacts(error) }));
    throw error;
  }
}

const STORAGE_FAILED =
  'The sweep failed: the storage could not be read or written, or the app has a fault. Nothing is lost: what was not ' +
  'recorded is met again by the next sweep. If it goes on, check SESSION_STORAGE and the storage account.';
