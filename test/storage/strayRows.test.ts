import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { testTables } from '../support/tables.ts';

/** Tables with one row in each of these partitions. */
async function rowsIn(...partitions: string[]) {
  const tables = testTables();
  await tables.sessions.createTable();
  for (const partitionKey of partitions) await tables.sessions.createEntity({ partitionKey, rowKey: randomUUID() });
  return tables.storage;
}

describe('rows in partitions of another SESSION_SHARDS', () => {
  it.each([
    [1, ['farm~0', 'farm~ff', 'farm~A'], 3],
    [16, ['farm', 'farm~0f', 'farm~a0', 'farm~F'], 4],
    [256, ['farm', 'farm~0', 'farm~f', 'farm~FF'], 4],
  ] as const)('are counted with %i shards', async (shards, partitions, count) => {
    const storage = await rowsIn('farm~x', ...partitions);

    expect(await storage.strayRows('farm', shards)).toMatchObject({ count: count + 1, more: false });
  });

  it.each([
    [1, ['farm']],
    [16, ['farm~0', 'farm~9', 'farm~f']],
    [256, ['farm~00', 'farm~f9', 'farm~ff']],
  ] as const)('exclude the rows that are swept and those of other clusters, with %i shards', async (shards, own) => {
    const storage = await rowsIn(...own, 'farm-2', 'farm-2~0', 'far', 'farms', 'fa~0');

    expect(await storage.strayRows('farm', shards)).toEqual({ count: 0, more: false });
  });
});
