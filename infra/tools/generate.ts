/**
 * Writes what is generated from the Bicep files: formats them, compiles main.json, and takes the snapshots.
 */
import { readdir, writeFile } from 'node:fs/promises';
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
  for (const file of await snapshotFiles())
    await found.bicep('snapshot', file, '--mode', 'overwrite', ...SNAPSHOT_SCOPE);
  const written = await readdir(resolve(import.meta.dirname, '..', 'snapshots'));
  console.log(`Wrote infra/main.json and ${written.filter((name) => name.endsWith('.json')).length} snapshots.`);
}
