import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp, PROJECT } from '../../src/local/build/buildApp.ts';

/**
 * Bundles the app into a folder, as it is deployed.
 *
 * @param routePrefix - instead of the one in host.json
 */
export async function bundle(folder: string, routePrefix: string): Promise<void> {
  await buildApp(join(folder, 'dist'));
  const hostJson = await readFile(join(PROJECT, 'host.json'), 'utf8');
  await writeFile(
    join(folder, 'host.json'),
    hostJson.replace('"routePrefix": "api"', `"routePrefix": "${routePrefix}"`),
  );
  const { main, type } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as Record<string, string>;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main, type }));
}
