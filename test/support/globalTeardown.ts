import './globalSetup.ts';

export default async function endSharedStorage(): Promise<void> {
  await globalThis.sharedStorage?.process.stop();
}
