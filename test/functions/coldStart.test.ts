import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const urlOf = (path: string) => new URL(`../../${path}`, import.meta.url).href;

/** Does what the worker does at a cold start: provides `@azure/functions-core`, and loads the app. */
const COLD_START = `
  const { provideCoreModule } = await import('${urlOf('src/local/host/worker/coreApi.ts')}');
  const { app } = await import('${urlOf('src/local/host/worker/appState.ts')}');
  provideCoreModule();
  await import('${urlOf('src/index.ts')}');
  console.log('registered', app.functions.size);
`;

it('a cold start registers all functions and loads no package but the programming model: no schemas, no client', async () => {
  const print = ['--import', urlOf('test/support/printLoadedPackages.mjs')];

  const { stdout } = await promisify(execFile)(process.execPath, [...print, '--input-type=module', '-e', COLD_START]);

  const loaded = stdout.match(/(?<=^loaded )\S+/gm) ?? [];
  expect(Number(/^registered (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(15);
  expect(loaded.sort()).toEqual(['@azure/functions', '@azure/functions-extensions-base', 'cookie']);
});
