import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';

const INFRA = resolve(import.meta.dirname, '..');

/** Where the snapshots pretend to be deployed. */
export const SNAPSHOT_SCOPE = [
  ['--tenant-id', '00000000-0000-0000-0000-000000000003'],
  ['--subscription-id', '00000000-0000-0000-0000-000000000001'],
  ['--location', 'westeurope'],
].flat();

/** All Bicep sources and parameter files, relative to the project. */
export async function bicepFiles(): Promise<string[]> {
  const names = await readdir(INFRA, { recursive: true });
  return names.filter((name) => /\.bicep(param)?$/.test(name)).map((name) => `infra/${name.replaceAll('\\', '/')}`);
}

/** The parameter files of the snapshots: one for each way to authenticate to a cluster. */
export async function snapshotFiles(): Promise<string[]> {
  return (await bicepFiles()).filter((file) => /^infra\/snapshots\/.*\.bicepparam$/.test(file));
}
