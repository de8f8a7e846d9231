import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import './globalSetup.ts';
import { secretsSaid } from './transcript.ts';

export default async function endSharedStorage(): Promise<void> {
  await globalThis.sharedStorage?.process.stop();
  const said = secretsSaid();
  await rm(dirname(process.env['TEST_TRANSCRIPT'] ?? ''), { recursive: true, force: true });
  if (said.length > 0) throw new Error(`A host has said a secret:\n${said.join('\n')}`);
}
