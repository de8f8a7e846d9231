import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { curlVersion } from './deleting/curl.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PACKAGES = ['@azure/functions', '@azure/data-tables', 'node-fetch', 'undici', 'azurite', 'esbuild'];

/** Describes the machine and the versions, one line each. */
export async function describeMachine(): Promise<string[]> {
  const { model = 'unknown' } = cpus()[0] ?? {};
  return [
    `Machine: ${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `Versions: Node ${process.versions.node}, ${(await curlVersion()) ?? 'no curl'}, ${PACKAGES.map(versionOf).join(', ')}`,
    `Date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `Commit: ${commit()}`,
  ];
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8');
  return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
}

/** The commit, marked if the sources have changes. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'test', 'package.json', ':!test/bench/RESULTS.md');
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : ', with changes'}`;
  } catch {
    return 'unknown';
  }
}
