import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPageIfChanged } from '../../src/local/build/buildPage.ts';
import { type StorageEmulator, startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { useSecret } from './transcript.ts';

declare global {
  var sharedStorage: StorageEmulator | undefined;
}

/**
 * One storage emulator serves all test files; each test has its own tables. The output of all hosts is kept, and searched for
 * secrets at the end.
 */
export default async function startSharedStorage(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'test-run-'));
  process.env['TEST_TRANSCRIPT'] = join(folder, 'transcript');
  // The tests start hundreds of Node processes from the same sources.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  // Before the tests, so that no functions host has to build it.
  await buildPageIfChanged();
  globalThis.sharedStorage = await startStorageEmulator();
  const { connectionString } = globalThis.sharedStorage;
  process.env['TEST_STORAGE'] = connectionString;
  useSecret(/AccountKey=([^;]+)/.exec(connectionString)?.[1] ?? '');
}
