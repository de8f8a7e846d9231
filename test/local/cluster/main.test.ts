import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterControl } from '../../../src/local/cluster/clusterControl.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { ask, deletePath } from './ask.ts';

const MAIN = new URL('../../../src/local/cluster/main.ts', import.meta.url).pathname;
const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const READY =
  /^Simulated cluster ready at (http:\/\/127\.0\.0\.1:\d+) \(control (http:\/\/127\.0\.0\.1:\d+), chunks in (.+)\)\n$/;

let taken: SimulatedCluster;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  taken = await startSimulatedCluster();
});

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

afterAll(() => taken.close());

function track<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const start = (...args: string[]) =>
  track(spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));

async function ready(child: ChildProcess): Promise<{ endpoint: string; control: ClusterControl; folder: string }> {
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const match = READY.exec(line.toString());
  if (!match) throw new Error(`No ready line: ${line}`);
  const [, endpoint = '', controlEndpoint = '', folder = ''] = match;
  return { endpoint, control: new ClusterControl(controlEndpoint), folder };
}

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(...args);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, stdout, stderr };
}

describe('the simulated cluster as a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints one line when it is ready, serves, and ends on %s',
    async (signal) => {
      const child = start('--port', '0', '--cluster-id', 'mine', '--linux');
      const { endpoint, control, folder } = await ready(child);

      const refused = await ask(endpoint, 'DELETE', deletePath(ID));
      const { linux, clusterId } = await control.status();
      const there = existsSync(folder);
      child.kill(signal);
      const [code] = await once(child, 'exit');

      expect([refused.status, linux, clusterId]).toEqual([400, true, 'mine']);
      expect([code, there, existsSync(folder)]).toEqual([0, true, false]);
    },
  );

  it('ends when the process that started it ends', async () => {
    const child = track(fork(MAIN, ['--port', '0'], { execPath: process.execPath, execArgv: [], silent: true }));
    const { folder } = await ready(child);

    child.disconnect();
    const [code] = await once(child, 'exit');

    expect([code, existsSync(folder)]).toEqual([0, false]);
  });

  it('reports in one line that a port is in use', async () => {
    const port = new URL(taken.endpoint).port;

    const { code, stdout, stderr } = await run('--port', port);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^[^\\n]*Port ${port} is in use[^\\n]*\\n$`));
  });

  it.each([
    [['--port', 'http'], '--port http is not a port number'],
    [['--port', '65536'], '--port 65536 is not a port number'],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('reports the invalid argument in one line: %j', async (args, message) => {
    const { code, stderr } = await run(...args);

    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n').length).toBe(1);
  });

  it('prints its help', async () => {
    const { code, stdout } = await run('--help');

    expect(code).toBe(0);
    for (const option of ['--port', '--control-port', '--folder', '--cluster-id', '--linux'])
      expect(stdout).toContain(option);
  });
});
