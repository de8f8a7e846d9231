import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost, type Bar, type Table } from '../benchmark.ts';
import { inRounds, median, withSpread } from '../rounds.ts';

const PEERS = ['bare Node', 'cli.js --version', 'cli.js --help'] as const;
type Peer = (typeof PEERS)[number];

/** The maximum ratio of the command line's time to that of Node alone. */
const BAR = 3;

/**
 * Measures the bundled command line and Node with an empty module, from start to end.
 *
 * @param dist - the folder of the bundle
 * @throws if one of them ends with an exit code other than 0
 */
export async function cliStart(dist: string, folder: string, rounds: number): Promise<{ table: Table; bar: Bar }> {
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, '');
  const cli = join(dist, 'cli.js');
  const commands: Record<Peer, string[]> = {
    'bare Node': [empty],
    'cli.js --version': [cli, '--version'],
    'cli.js --help': [cli, '--help'],
  };
  for (const peer of PEERS) await timeOf(commands[peer]);
  const results = await inRounds(PEERS, rounds, (peer) => timeOf(commands[peer]));
  const against = (peer: Peer, other: Peer) => median(results[peer]) / median(results[other]);
  const table: Table = {
    head: ['the command line', 'milliseconds', 'against bare Node'],
    rows: PEERS.map((peer) => [peer, withSpread(results[peer]), against(peer, 'bare Node').toFixed(2)]),
  };
  return { table, bar: atMost('cli.js --help against bare Node', BAR, against('cli.js --help', 'bare Node')) };
}

/** @returns milliseconds from the start of the process to its end */
async function timeOf(args: string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - startedMs;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with exit code ${code}.`);
  return ms;
}
