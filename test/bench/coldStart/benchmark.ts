import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp, PROJECT } from '../../../src/local/build/buildApp.ts';
import { bundle } from '../../../src/local/build/bundle.ts';
import { atMost, type Bench, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, median, withSpread } from '../rounds.ts';
import { startCluster, startStorage } from '../world.ts';
import { type ColdStart, type DeployedApp, startCold } from './coldStart.ts';

const STARTS: Record<Size, number> = { tiny: 1, quick: 7, full: 21 };

const EMPTY_BAR = 1.5;
const SOURCES_BAR = 0.5;

const PEERS = ['our bundle', 'empty handlers', 'our sources'] as const;
type Peer = (typeof PEERS)[number];

interface Apps {
  worker: string;
  of: Record<Peer, DeployedApp>;
}

/** From nothing to registered functions and to the first answer. */
export const coldStart: Benchmark = {
  name: 'cold',
  async run(bench): Promise<Section> {
    const [cluster, storage] = await Promise.all([startCluster(), startStorage()]);
    try {
      const apps = await makeApps(bench, {
        AzureWebJobsStorage: storage.connectionString,
        CLUSTER_ENDPOINTS: cluster.endpoint,
      });
      // The tables are there, and the files in the system's memory, before anything is measured.
      for (const peer of PEERS) await startCold(apps.worker, apps.of[peer], randomUUID());
      bench.progress('cold: refused by the app itself');
      const refused = await inRounds(PEERS, STARTS[bench.size], (peer) =>
        startCold(apps.worker, apps.of[peer], 'no-id'),
      );
      bench.progress('cold: a whole deletion');
      const whole = await inRounds(PEERS, STARTS[bench.size], (peer) =>
        startCold(apps.worker, apps.of[peer], randomUUID()),
      );
      checkSame(refused, whole);

      const middle = (starts: ColdStart[], what: 'registeredMs' | 'answeredMs') =>
        median(starts.map((one) => one[what]));
      const against = (peer: Peer, what: 'registeredMs' | 'answeredMs') =>
        middle(refused['our bundle'], what) / middle(refused[peer], what);
      const shown = (starts: ColdStart[], what: 'registeredMs' | 'answeredMs') =>
        withSpread(starts.map((one) => one[what]));
      return {
        title: 'Cold start',
        text: TEXT,
        tables: [
          {
            head: [
              'milliseconds',
              'all functions registered',
              'first answer: refused',
              'first answer: a whole deletion',
            ],
            rows: PEERS.map((peer) => [
              peer,
              shown(refused[peer], 'registeredMs'),
              shown(refused[peer], 'answeredMs'),
              peer === 'empty handlers' ? '(does none)' : shown(whole[peer], 'answeredMs'),
            ]),
          },
        ],
        bars: [
          atMost('registered, our bundle against empty handlers', EMPTY_BAR, against('empty handlers', 'registeredMs')),
          atMost('registered, our bundle against our sources', SOURCES_BAR, against('our sources', 'registeredMs')),
          atMost('first answer, our bundle against empty handlers', EMPTY_BAR, against('empty handlers', 'answeredMs')),
          atMost('first answer, our bundle against our sources', SOURCES_BAR, against('our sources', 'answeredMs')),
          atMost(
            'first deletion, our bundle against our sources',
            SOURCES_BAR,
            middle(whole['our bundle'], 'answeredMs') / middle(whole['our sources'], 'answeredMs'),
          ),
        ],
      };
    } finally {
      await Promise.all([cluster.stop(), storage.process.stop()]);
    }
  },
};

const TEXT = [
  'From the moment in which the worker process is started, as the parent sees it, with the files already read once. The worker is the ' +
    "local functions host's, bundled, so that Node strips its types for nobody; the host's own start is left out. A first call is sent as soon " +
    'as the functions are registered: one DELETE that the app refuses by itself, for what it names is no session id, and one that is ' +
    'carried out, with a look-up, the DELETE on the cluster and its record in the tables. *Empty handlers* answer 200 and do nothing.',
];

async function makeApps({ folder }: Bench, settings: Record<string, string>): Promise<Apps> {
  const ours = join(folder, 'ours');
  const empty = join(folder, 'empty');
  await buildApp(join(ours, 'dist'));
  await bundle({
    project: PROJECT,
    outdir: join(empty, 'dist'),
    entryPoints: { index: 'test/bench/coldStart/emptyApp.ts' },
  });
  await bundle({
    project: PROJECT,
    outdir: join(folder, 'worker'),
    entryPoints: { main: 'src/local/host/worker/main.ts' },
  });
  for (const directory of [ours, empty, folder]) await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const app = (directory: string, entry: string) => ({ directory, entryFile: join(directory, entry), settings });
  return {
    worker: join(folder, 'worker', 'main.js'),
    of: {
      'our bundle': app(ours, 'dist/index.js'),
      'empty handlers': app(empty, 'dist/index.js'),
      'our sources': app(PROJECT, 'src/index.ts'),
    },
  };
}

/** @throws when the peers have not all registered the same functions, or not answered as they must */
function checkSame(refused: Record<Peer, ColdStart[]>, whole: Record<Peer, ColdStart[]>): void {
  const [expected] = refused['our sources'];
  for (const peer of PEERS) {
    const isEmpty = peer === 'empty handlers';
    for (const { functions, status } of refused[peer]) {
      if (String(functions) !== String(expected?.functions)) throw new Error(`${peer} has registered ${functions}.`);
      if (status !== (isEmpty ? 200 : 400)) throw new Error(`${peer} answered ${status} to what is no session id.`);
    }
    const failed = whole[peer].find(({ status }) => status !== 200);
    if (failed) throw new Error(`${peer} answered ${failed.status} to a deletion.`);
  }
}
