import type { TableClient, TransactionAction } from '@azure/data-tables';
import pMap from 'p-map';

const BATCH_SIZE = 100;
const MAX_CONCURRENCY = 8;

/** Registers sessions in one partition. */
export async function registerSessions(
  table: TableClient,
  partitionKey: string,
  sessionIds: string[],
  lastActivity: Date,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(sessionIds.length / BATCH_SIZE) }, (_, n) =>
    sessionIds.slice(n * BATCH_SIZE, (n + 1) * BATCH_SIZE),
  );
  const rowOf = (rowKey: string) => ({ partitionKey, rowKey, lastActivity, owner: 'bench' });
  await pMap(batches, (ids) => table.submitTransaction(ids.map((id): TransactionAction => ['create', rowOf(id)])), {
    concurrency: MAX_CONCURRENCY,
  });
}
