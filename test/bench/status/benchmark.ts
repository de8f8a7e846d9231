import { randomUUID } from 'node:crypto';
import { odata, type TableClient } from '@azure/data-tables';
import { startChild } from '../../../src/local/childProcess.ts';
import { openTable } from '../../../src/storage/table.ts';
import type { DashboardStatus } from '../../../src/wire/pageSchemas.ts';
import { atMost, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, inWords, median, withSpread } from '../rounds.ts';
import { registerSessions } from '../sweeping/registerSessions.ts';
import { PARTITION } from '../sweeping/sweepJob.ts';

const CASES: Record<Size, { rows: number; readings: number }> = {
  tiny: { rows: 80, readings: 1 },
  quick: { rows: 8000, readings: 5 },
  full: { rows: 8000, readings: 11 },
};

/** The maximum ratio of the time of the status to that of one listing of all rows. */
const BAR = 1.25;

const HOUR_MS = 3_600_000;

const NAMES = { status: 'our status', listing: 'a bare listing' } as const;
type Peer = keyof typeof NAMES;

/** The status of the app, as the page requests it. */
export const readingStatus: Benchmark = {
  name: 'status',
  async run(bench): Promise<Section> {
    const { rows, readings } = CASES[bench.size];
    const suffix = randomUUID().replaceAll('-', '');
    const tables = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
    const opened = Object.values(tables).map((name) => openTable({ connectionString: bench.storage }, name));
    await Promise.all(opened.map((table) => table.createTable()));
    const sessions = openTable({ connectionString: bench.storage }, tables.sessions);
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    await registerSessions(sessions, PARTITION, ids(rows / 2), new Date(Date.now() - HOUR_MS));
    await registerSessions(sessions, PARTITION, ids(rows / 2), new Date());
    const host = await startChild(new URL('../../../src/local/host/main.ts', import.meta.url), {
      args: ['--port', '0'],
      execArgv: [],
      env: {
        ...process.env,
        AzureWebJobsStorage: bench.storage,
        CLUSTER_ENDPOINTS: bench.cluster.endpoint,
        SESSION_TABLE: tables.sessions,
        OUTCOME_TABLE: tables.outcomes,
        RUN_TABLE: tables.runs,
        SWEEP_SCHEDULE: '0 0 0 1 1 *',
      },
      ready: /^Functions host ready at (\S+)$/,
    });
    try {
      bench.progress('status');
      const read: Record<Peer, () => Promise<void>> = {
        status: () => readStatus(host.ready[1] ?? '', rows / 2),
        listing: () => listAll(sessions, rows),
      };
      const timed = async (peer: Peer) => {
        const startedMs = performance.now();
        await read[peer]();
        return performance.now() - startedMs;
      };
      const peers = Object.keys(NAMES) as Peer[];
      for (const peer of peers) await timed(peer);
      const results = await inRounds(peers, readings, timed);
      const ratio = median(results.status) / median(results.listing);
      return {
        title: "The page's status",
        text: TEXT,
        tables: [
          {
            head: [`${inWords(rows)} rows`, 'milliseconds', 'ours against it'],
            rows: peers.map((peer) => [
              NAMES[peer],
              withSpread(results[peer]),
              (median(results.status) / median(results[peer])).toFixed(2),
            ]),
          },
        ],
        bars: [atMost(`the status over ${inWords(rows)} rows against a bare listing of them`, BAR, ratio)],
      };
    } finally {
      await host.stop();
      await Promise.all(opened.map((table) => table.deleteTable()));
    }
  },
};

/** @throws if it does not count exactly the stale sessions */
async function readStatus(host: string, stale: number): Promise<void> {
  const response = await fetch(`${host}/api/dashboard/status?fresh=tables`);
  const { sessions } = (await response.json()) as DashboardStatus;
  const counted = sessions?.stale.count;
  if (counted !== stale) throw new Error(`The status (${response.status}) counts ${counted} stale sessions.`);
}

/** @throws if it does not find all rows */
async function listAll(table: TableClient, rows: number): Promise<void> {
  let found = 0;
  for await (const _ of table.listEntities({ queryOptions: { filter: odata`PartitionKey eq ${PARTITION}` } }))
    found += 1;
  if (found !== rows) throw new Error(`The listing found ${found} rows.`);
}

const TEXT = [
  '`GET /api/dashboard/status?fresh=tables` on the local functions host, which reads everything again: what the page shows when it is opened. Half of the ' +
    'sessions are stale. *A bare listing* reads all rows once with the same package and does nothing with them.',
];
