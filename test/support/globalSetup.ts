import { type StorageEmulator, startStorageEmulator } from '../../src/local/storage/azurite.ts';

declare global {
  var sharedStorage: StorageEmulator | undefined;
}

/** One storage emulator serves all test files; each test has tables of its own. */
export default async function startSharedStorage(): Promise<void> {
  globalThis.sharedStorage = await startStorageEmulator();
  process.env['TEST_STORAGE'] = globalThis.sharedStorage.connectionString;
}
