import { app, type InvocationContext, type Timer } from '@azure/functions';
import type { RunSummary, StoppedBy } from '../cleanup/outcome.ts';
import { sweep } from '../cleanup/sweep.ts';
import { sweepSchedule } from '../settings.ts';
import { connect, logLine, logTo } from './app.ts';
import { shuttingDown, underWay } from './lifecycle.ts';

/** Sweeps that ended so need a person: the invocation fails, so that the platform's alerts on failures see it. */
const NEEDS_A_PERSON: ReadonlySet<StoppedBy> = new Set([
  'clusterUnavailable',
  'accessDenied',
  'unsupportedCluster',
  'clockSkew',
  'error',
]);

/** Sweeps all stale upload sessions, on the schedule. */
export async function onTimer(timer: Timer, context: InvocationContext): Promise<void> {
  if (timer.isPastDue) context.warn('This sweep starts late: its scheduled time was missed.');
  const parts = connect();
  const run = { runId: context.invocationId, trigger: 'timer', startedAt: new Date() } as const;
  const summary = await underWay(sweep(parts.ports(logTo(context)), parts.sweepRules, run, shuttingDown));
  report(summary, context);
}

function report(summary: RunSummary, context: InvocationContext): void {
  const line = logLine(`Sweep ended: ${summary.stoppedBy}.`, summary);
  if (NEEDS_A_PERSON.has(summary.stoppedBy)) {
    context.error(line);
    throw new Error(`The sweep was stopped (${summary.stoppedBy}): ${summary.error}`);
  }
  context.log(line);
}

app.timer('sweepStaleSessions', {
  schedule: sweepSchedule(),
  useMonitor: true,
  runOnStartup: false,
  handler: onTimer,
});
