/**
 * Builds the app into `dist/`, and with `--package` also the zip to deploy.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, PROJECT } from './buildApp.ts';
import { makePackage, PACKAGE_FILE } from './makePackage.ts';

const HELP = `Builds the app into dist/.

  --package  also make ${PACKAGE_FILE}, the whole app to deploy: host.json, package.json and dist/
  --help     show this`;

const { values } = parseArgs({
  options: { package: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) console.log(HELP);
else await build();

async function build(): Promise<void> {
  await buildApp();
  if (!values.package) return;
  const zip = await makePackage(PROJECT);
  await writeFile(join(PROJECT, PACKAGE_FILE), zip);
  console.log(`${PACKAGE_FILE}: ${Math.ceil(zip.length / 1024)} KiB`);
}
