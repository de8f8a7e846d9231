import { copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The fields of package.json that Functions, Node and the installation of the command line read. All packages are in the bundle. */
const DEPLOYED_FIELDS = ['name', 'version', 'description', 'license', 'type', 'main', 'bin', 'engines'];

/** Which app is staged, and where. */
export interface StageOptions {
  /** The folder with host.json and package.json. */
  project: string;
  /** The folder that the build wrote. */
  dist: string;
  /** The output folder. It is replaced. */
  folder: string;
}

/**
 * Writes the files that run on Azure into a folder: host.json, package.json and dist/, without source maps. Both `azd` and the zip
 * deploy this folder unchanged, so nothing is built or installed on the server.
 */
export async function stageApp({ project, dist, folder }: StageOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await cp(dist, join(folder, 'dist'), { recursive: true, filter: (source) => !source.endsWith('.map') });
  await copyFile(join(project, 'host.json'), join(folder, 'host.json'));
  await writeFile(
    join(folder, 'package.json'),
    deployedManifest(await readFile(join(project, 'package.json'), 'utf8')),
  );
}

function deployedManifest(json: string): string {
  const manifest = JSON.parse(json) as Record<string, unknown>;
  const deployed = Object.fromEntries(DEPLOYED_FIELDS.map((field) => [field, manifest[field]]));
  return `${JSON.stringify(deployed, undefined, 2)}\n`;
}
