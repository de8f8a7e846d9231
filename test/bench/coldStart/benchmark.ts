import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { openTable } from '../../../src/storage/table.ts';
import { atMost, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, median, withSpread } from '../rounds.ts';
import { cliStart } from './cliStart.ts';
import { type ColdStart, startCold } from './coldStart.ts';
import { makeApps, PEERS, type Peer } from './makeApps.ts';

const STARTS: Record<Size, number> = { tiny: 1, quick: 7, full: 21 };

const EMPTY_BAR = 1.1;
const FIRST_BAR = 0.5;
const LEAST_BAR = 1.5;

/** The time from the start of the worker to registered functions, and to the first answer. */
export const coldStart: Benchmark = {
  name: 'cold',
  async run(bench): Promise<Section> {
    const { cluster, storage } = bench;
    await cluster.reset([], 0);
    const apps = await makeApps(bench.folder, {
      AzureWebJobsStorage: storage,
      CLUSTER_ENDPOINTS: cluster.endpoint,
    });
    for (const name of ['UploadSessions', 'UploadSessionOutcomes', 'SweepRuns']) {
      await openTable({ connectionString: storage }, name).createTable();
    }
    // Before anything is measured, the tables exist and the files are in the file cache.
    for (const peer of PEERS) await startCold(apps.worker, apps.of[peer], randomUUID());
    bench.progress('cold: refused by the app itself');
    const refused = await inRounds(PEERS, STARTS[bench.size], (peer) => startCold(apps.worker, apps.of[peer], 'no-id'));
    bench.progress('cold: a whole deletion');
    const whole = await inRounds(PEERS, STARTS[bench.size], (peer) =>
      startCold(apps.worker, apps.of[peer], randomUUID()),
    );
    checkSame(refused, whole);
    bench.progress('cold: the command line');
    const cli = await cliStart(dirname(apps.of['our bundle'].entryFile), bench.folder, STARTS[bench.size]);

    const middle = (starts: ColdStart[], what: 'registeredMs' | 'answeredMs') => median(starts.map((one) => one[what]));
    const against = (peer: Peer, what: 'registeredMs' | 'answeredMs') =>
      middle(refused['our bundle'], what) / middle(refused[peer], what);
    const shown = (starts: ColdStart[], what: 'registeredMs' | 'answeredMs') =>
      withSpread(starts.map((one) => one[what]));
    return {
      title: 'Cold start',
      text: TEXT,
      tables: [
        {
          head: ['milliseconds', 'all functions registered', 'first answer: refused', 'first answer: a whole deletion'],
          rows: PEERS.map((peer) => [
            peer,
            shown(refused[peer], 'registeredMs'),
            shown(refused[peer], 'answeredMs'),
            peer === 'empty handlers' ? '(does none)' : shown(whole[peer], 'answeredMs'),
          ]),
        },
        cli.table,
      ],
      bars: [
        atMost('registered, our bundle against empty handlers', EMPTY_BAR, against('empty handlers', 'registeredMs')),
        atMost(
          'registered, our bundle against the app written first',
          FIRST_BAR,
          against('the app written first', 'registeredMs'),
        ),
        atMost('first answer, our bundle against empty handlers', EMPTY_BAR, against('empty handlers', 'answeredMs')),
        atMost(
          'first deletion, our bundle against the least deletion',
          LEAST_BAR,
          middle(whole['our bundle'], 'answeredMs') / middle(whole['the least deletion'], 'answeredMs'),
        ),
        atMost(
          'first deletion, our bundle against the app written first',
          FIRST_BAR,
          middle(whole['our bundle'], 'answeredMs') / middle(whole['the app written first'], 'answeredMs'),
        ),
        cli.bar,
      ],
    };
  },
};

const ANSWERS_ANYTHING = new Set<Peer>(['empty handlers', 'the least deletion']);

const TEXT = [
  'From the start of the worker process, as the parent sees it, with the files already in the file cache. The worker is that of the local ' +
    'functions host, bundled; the start of the host itself does not count. A first call is sent as soon as the functions are registered: a ' +
    'DELETE that the app refuses by itself, because the id is not a GUID, and one that it carries out, with a look-up of the row, the DELETE on the ' +
    'cluster and its record in the tables.',
  '*Empty handlers* answer 200 and do nothing. *The least deletion* makes one call to the cluster and one write to a table, with the same ' +
    'packages, bundled as ours is. *The app written first* has the same functions, is compiled by tsc as the template of the platform has it, ' +
    'imports its packages at the top of its file, and is not bundled.',
  'The command line is `dist/cli.js`, from the start of its process to its end. *Bare Node* runs an empty module.',
];

/** @throws if the peers have not all registered the same functions, or have not answered as expected */
function checkSame(refused: Record<Peer, ColdStart[]>, whole: Record<Peer, ColdStart[]>): void {
  const [expected] = refused['our bundle'];
  for (const peer of PEERS) {
    const isEmpty = ANSWERS_ANYTHING.has(peer);
    for (const { functions, status } of refused[peer]) {
      if (String(functions) !== String(expected?.functions)) throw new Error(`${peer} has registered ${functions}.`);
      if (status !== (isEmpty ? 200 : 400)) throw new Error(`${peer} answered ${status} to an invalid session id.`);
    }
    const failed = whole[peer].find(({ status }) => status !== 200);
    if (failed) throw new Error(`${peer} answered ${failed.status} to a deletion.`);
  }
}
