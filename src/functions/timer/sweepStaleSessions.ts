import type { InvocationContext, Timer } from '@azure/functions';
import { beginFanOut } from '../../cleanup/fanOut.ts';
import type { Run } from '../../cleanup/model/run.ts';
import type { App } from '../../composition/app.ts';
import { connect, logTo } from '../invocation/connect.ts';
import { reportEnd, reportedIfFailed, runSweep } from '../invocation/runSweep.ts';
import { awaitedByShutdown, shuttingDown } from '../lifecycle/shutdown.ts';
import { sweepParts } from '../queue/sweepParts.ts';

/** Sweeps all stale upload sessions on the schedule. With SWEEP_FAN_OUT, all instances share the work. */
export async function onTimer(timer: Timer, context: InvocationContext): Promise<void> {
  if (timer.isPastDue) context.warn('This sweep starts late: its scheduled time was missed.');
  const app = await connect();
  const run = { runId: context.invocationId, trigger: 'timer', startedAt: new Date() } as const;
  if (app.settings.fanOut) await fanOut(app, run, context);
  else await runSweep(app, app.sweepRules, run, context);
}

/** Puts one message for each partition on the queue. The host sends them if the invocation succeeds. */
async function fanOut(app: App, run: Run, context: InvocationContext): Promise<void> {
  const { sweepRules } = app;
  const begun = beginFanOut(app.ports(logTo(context)), sweepRules, run, shuttingDown);
  const summary = await reportedIfFailed(awaitedByShutdown(begun), context);
  reportEnd(summary, context);
  if (summary.stoppedBy !== 'fannedOut') return;
  const { runId: sweepId, startedAt: requestedAt } = run;
  const messages = sweepRules.partitions.map((partition) => ({ version: 1, sweepId, partition, requestedAt }));
  context.extraOutputs.set(sweepParts, messages);
}
