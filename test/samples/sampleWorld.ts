import { startApp, type TestApp } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { type AppFront, startAppFront } from './appFront.ts';

const MINUTE_MS = 60_000;

/** The environment of the samples: the app with a proxy, a cluster and tables. */
export interface SampleWorld extends TestApp {
  front: AppFront;
  /** The columns of a session's row; `undefined` if there is no row. */
  row(sessionId: string): Promise<Record<string, unknown> | undefined>;
  /** The recorded outcomes of the session. */
  outcomes(sessionId: string): Promise<unknown[]>;
  isOnCluster(sessionId: string): Promise<boolean>;
  /** Sets the row's last activity to this time ago. */
  ageRow(sessionId: string, minutes: number): Promise<void>;
  /** Sets the cluster's clock back, so that sessions of now look this old after it is reset. */
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
