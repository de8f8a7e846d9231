import { randomUUID } from 'node:crypto';
import { sweep } from '../../../src/cleanup/sweep.ts';
import { createApp } from '../../../src/composition/app.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import type { SweepJob } from './sweepJob.ts';

/** The app's own sweep, put together from its settings as the timer's function does. */
export async function ourSweep(job: SweepJob): Promise<void> {
  const { ports, sweepRules } = createApp(
    readSettings({
      AzureWebJobsStorage: job.connectionString,
      CLUSTER_ENDPOINTS: job.endpoint,
      SESSION_TABLE: job.tables.sessions,
      OUTCOME_TABLE: job.tables.outcomes,
      RUN_TABLE: job.tables.runs,
      SWEEP_CONCURRENCY: String(job.concurrency),
      SWEEP_TIME_BUDGET: '1h',
    }),
  );
  const run = { runId: randomUUID(), trigger: 'timer', startedAt: new Date() } as const;
  const log = { warn: (message: string, facts: object) => console.error(message, facts) };
  const { stoppedBy } = await sweep(ports(log), sweepRules, run);
  if (stoppedBy !== 'completed') throw new Error(`The sweep ended with ${stoppedBy}.`);
}
