import type { InvocationContext, Timer } from '@azure/functions';
import { TO_DO } from '../app/advice.ts';
import type { RunSummary } from '../cleanup/outcome.ts';
import { sweep } from '../cleanup/sweep.ts';
import { connect, errorFacts, logLine, logTo } from './app.ts';
import { logPlanned } from './logPlanned.ts';
import { shuttingDown, underWay } from './shutdown.ts';

/** Sweeps all stale upload sessions, on the schedule. */
export async function onTimer(timer: Timer, context: InvocationContext): Promise<void> {
  if (timer.isPastDue) context.warn('This sweep starts late: its scheduled time was missed.');
  const parts = await connect();
  const run = { runId: context.invocationId, trigger: 'timer', startedAt: new Date() } as const;
  const ports = { ...parts.ports(logTo(context)), planned: logPlanned(context) };
  try {
    const work = () => sweep(ports, parts.sweepRules, run, shuttingDown);
    report(await underWay(parts.trace.sweep(run, work)), context);
  } catch (error) {
    if (!(error instanceof SweepStoppedError)) {
      context.error(logLine(STORAGE_FAILED, { runId: run.runId, ...errorFacts(error) }));
    }
    throw error;
  }
}

const STORAGE_FAILED =
  'The sweep failed: the storage could not be read or written, or the app has a fault. Nothing is lost: what was not ' +
  'recorded is met again by the next sweep. If it goes on, check SESSION_STORAGE and the storage account.';

/** Fails an invocation whose sweep ended in a way that needs a person. */
class SweepStoppedError extends Error {
  override readonly name = 'SweepStoppedError';
}

function report(summary: RunSummary, context: InvocationContext): void {
  const toDo = TO_DO[summary.stoppedBy];
  const line = logLine(`Sweep ended: ${summary.stoppedBy}.${toDo ? ` ${toDo}` : ''}`, summary);
  if (toDo) {
    context.error(line);
    throw new SweepStoppedError(`The sweep was stopped (${summary.stoppedBy}): ${summary.error}`);
  }
  context.log(line);
}
