import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import './globalSetup.ts';
import { TableServiceClient } from '@azure/data-tables';
import { openTable } from '../../src/storage/table.ts';
import { findSecrets, keepLine } from './transcript.ts';

export default async function endSharedStorage(): Promise<void> {
  for await (const row of rowsOfAllTables(process.env['TEST_STORAGE'] ?? '')) keepLine(row);
  await globalThis.sharedStorage?.process.stop();
  const found = findSecrets();
  await rm(dirname(process.env['TEST_TRANSCRIPT'] ?? ''), { recursive: true, force: true });
  if (found.length > 0) throw new Error(`A host has printed, answered or stored a secret:\n${found.join('\n')}`);
}

async function* rowsOfAllTables(connectionString: string): AsyncGenerator<string> {
  const service = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  for await (const { name } of service.listTables()) {
    if (!name) continue;
    for await (const row of openTable({ connectionString }, name).listEntities<Record<string, unknown>>()) {
      yield JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    }
  }
}
