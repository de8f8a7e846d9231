import { startApp, type TestApp } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { type AppFront, startAppFront } from './appFront.ts';

const MINUTE_MS = 60_000;

/** The app with a front, a cluster and tables: where the samples run. */
export interface SampleWorld extends TestApp {
  front: AppFront;
  /** The columns of a session's row; undefined: there is no row. */
  row(sessionId: string): Promise<Record<string, unknown> | undefined>;
  /** How cleanups of the session ended. */
  outcomes(sessionId: string): Promise<unknown[]>;
  isOnCluster(sessionId: string): Promise<boolean>;
  /** Makes the row as old as if its owner had been silent for so long. */
  ageRow(sessionId: string, minutes: number): Promise<void>;
  /** What is begun now was begun so long ago by the cluster's clock, once the clock is put right again. */
  setClusterBack(minutes: number): Promise<void>;
}

export async function startSampleWorld(): Promise<SampleWorld> {
  const app = await startApp();
  const front = await startAppFront(app.url);
  const { tables, cluster } = app;
  await Promise.all([tables.sessions.createTable(), tables.outcomes.createTable()]);
  return {
    ...app,
    front,
    row: async (sessionId) => (await allRows(tables.sessions)).find(({ rowKey }) => rowKey === sessionId),
    outcomes: async (sessionId) =>
      (await allRows(tables.outcomes)).filter((one) => one['sessionId'] === sessionId).map((one) => one['outcome']),
    isOnCluster: async (id) => (await cluster.control.sessions()).some(({ sessionId }) => sessionId === id),
    async ageRow(sessionId, minutes) {
      const lastActivity = new Date(Date.now() - minutes * MINUTE_MS);
      await tables.sessions.updateEntity({ partitionKey: 'default', rowKey: sessionId, lastActivity }, 'Merge');
    },
    async setClusterBack(minutes) {
      await cluster.control.setClockOffset(-minutes * MINUTE_MS);
    },
    async close() {
      front.close();
      await app.close();
    },
  };
}
