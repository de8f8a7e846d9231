import type { InvocationContext, Timer } from '@azure/functions';
import { fannedOut } from '../../cleanup/fanOut.ts';
import type { Run } from '../../cleanup/record.ts';
import type { App } from '../../composition/putTogether.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { runSweep, toldIfFailed } from '../invocation/runSweep.ts';
import { sweepParts } from '../queue/sweepParts.ts';

/** Sweeps all stale upload sessions, on the schedule; with SWEEP_FAN_OUT it has all instances share the work. */
export async function onTimer(timer: Timer, context: InvocationContext): Promise<void> {
  if (timer.isPastDue) context.warn('This sweep starts late: its scheduled time was missed.');
  const app = await connect();
  const run = { runId: context.invocationId, trigger: 'timer', startedAt: new Date() } as const;
  if (app.settings.fanOut) await fanOut(app, run, context);
  else await runSweep(app, app.sweepRules, run, context);
}

/** Puts one message a partition on the queue, which the host does when this has ended well. */
async function fanOut({ sweepRules, storage, settings }: App, run: Run, context: InvocationContext): Promise<void> {
  const { partitions, dryRun } = sweepRules;
  const summary = fannedOut(run, partitions.length, dryRun);
  await toldIfFailed(storage.recordRun({ ...summary, clusterName: settings.cluster.name }), context);
  const { runId: sweepId, startedAt: requestedAt } = run;
  const messages = partitions.map((partition) => ({ version: 1, sweepId, partition, requestedAt }));
  context.extraOutputs.set(sweepParts, messages);
  context.log(logLine('Sweep fanned out.', summary));
}
