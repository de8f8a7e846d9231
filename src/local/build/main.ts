/**
 * Builds the app into `dist/` and stages it in `out/app/`; with `--package` also makes the zip to deploy.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, PROJECT } from './buildApp.ts';
import { makePackage, PACKAGE_FILE } from './makePackage.ts';
import { stageApp } from './stageApp.ts';

const HELP = `Builds the app into dist/ and stages what is deployed in out/app/: host.json, package.json and dist/.

  --package  also make ${PACKAGE_FILE} of out/app/
  --help     show this`;

const { values } = parseArgs({
  options: { package: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) console.log(HELP);
else await build();

async function build(): Promise<void> {
  const dist = join(PROJECT, 'dist');
  // azure.yaml names this folder.
  const folder = join(PROJECT, 'out', 'app');
  await buildApp(dist);
  await stageApp({ project: PROJECT, dist, folder });
  if (!values.package) return;
  const zip = await makePackage(folder);
  await writeFile(join(PROJECT, PACKAGE_FILE), zip);
  console.log(`${PACKAGE_FILE}: ${Math.ceil(zip.length / 1024)} KiB`);
}
