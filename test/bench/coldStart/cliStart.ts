import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost, type Bar, type Table } from '../benchmark.ts';
import { inRounds, median, withSpread } from '../rounds.ts';

const PEERS = ['bare Node', 'cli.js --version', 'cli.js --help'] as const;
type Peer = (typeof PEERS)[number];

/** How much longer than Node alone the command line may take. */
const BAR = 3;

/**
 * Starts the bundled command line, and Node with an empty module, until each has ended.
 *
 * @param dist - the folder of the bundle
 * @throws when one of them ends with another exit code than 0
 */
export async function cliStart(dist: string, folder: string, rounds: number): Promise<{ table: Table; bar: Bar }> {
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, '');
  const cli = join(dist, 'cli.js');
  const words: Record<Peer, string[]> = {
    'bare Node': [empty],
    'cli.js --version': [cli, '--version'],
    'cli.js --help': [cli, '--help'],
  };
  for (const peer of PEERS) await timeOf(words[peer]);
  const results = await inRounds(PEERS, rounds, (peer) => timeOf(words[peer]));
  const against = (peer: Peer, other: Peer) => median(results[peer]) / median(results[other]);
  const table: Table = {
    head: ['the command line', 'milliseconds', 'against bare Node'],
    rows: PEERS.map((peer) => [peer, withSpread(results[peer]), against(peer, 'bare Node').toFixed(2)]),
  };
  return { table, bar: atMost('cli.js --help against bare Node', BAR, against('cli.js --help', 'bare Node')) };
}

/** @returns milliseconds from the start of the process to its end */
async function timeOf(words: string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, words, { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - startedMs;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with exit code ${code}.`);
  return ms;
}
