import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const PROJECT = join(import.meta.dirname, '../..');

/**
 * Bundles the app into a folder, as it is deployed: by the options of the project's own `npm run build`.
 *
 * @param routePrefix - in place of the one in host.json
 */
export async function bundle(folder: string, routePrefix: string): Promise<void> {
  const { scripts, main, type } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    main: string;
    type: string;
  };
  const banner = /"--banner:js=([^"]+)"/.exec(scripts['build'] ?? '')?.[1];
  if (!banner) throw new Error('The build has no banner any more: bundle here as it does.');
  await build({
    ...{
      entryPoints: [join(PROJECT, 'src/index.ts')],
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
    },
    ...{ external: ['@azure/functions-core'], banner: { js: banner }, outfile: join(folder, main), logLevel: 'error' },
  });
  const hostJson = await readFile(join(PROJECT, 'host.json'), 'utf8');
  await writeFile(
    join(folder, 'host.json'),
    hostJson.replace('"routePrefix": "api"', `"routePrefix": "${routePrefix}"`),
  );
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main, type }));
}
