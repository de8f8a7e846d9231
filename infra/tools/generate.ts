/**
 * Writes what is generated from the Bicep files: formats them, compiles main.json, and takes the snapshots.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findBicep } from './compiler.ts';
import { bicepFiles, SNAPSHOT_SCOPE, snapshotFiles } from './files.ts';

const found = await findBicep();
if ('missing' in found) {
  console.error(`Cannot generate: ${found.missing}.`);
  process.exitCode = 1;
} else {
  for (const file of await bicepFiles()) await found.bicep('format', file);
  const { stdout, stderr } = await found.bicep('build', 'infra/main.bicep', '--stdout');
  process.stderr.write(stderr);
  await writeFile(resolve(import.meta.dirname, '..', 'main.json'), stdout);
  for (const file of await snapshotFiles()) {
    await found.bicep('snapshot', file, '--mode', 'overwrite', ...SNAPSHOT_SCOPE);
    await sortOutputs(resolve(import.meta.dirname, '..', '..', file.replace(/\.bicepparam$/, '.snapshot.json')));
  }
  const written = await readdir(resolve(import.meta.dirname, '..', 'snapshots'));
  console.log(`Wrote infra/main.json and ${written.filter((name) => name.endsWith('.json')).length} snapshots.`);
}

/** The compiler writes them in another order each time. */
async function sortOutputs(path: string): Promise<void> {
  const snapshot = JSON.parse(await readFile(path, 'utf8')) as { outputs: Record<string, unknown> };
  const outputs = Object.fromEntries(Object.entries(snapshot.outputs).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(path, `${JSON.stringify({ ...snapshot, outputs }, undefined, 2)}\n`);
}
