import type { TableClient, TransactionAction } from '@azure/data-tables';
import pMap from 'p-map';

const TRANSACTION = 100;
const TRANSACTIONS_AT_ONCE = 8;

/** Registers sessions in one partition. */
export async function fillShard(
  table: TableClient,
  partitionKey: string,
  sessionIds: string[],
  lastActivity: Date,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(sessionIds.length / TRANSACTION) }, (_, n) =>
    sessionIds.slice(n * TRANSACTION, (n + 1) * TRANSACTION),
  );
  const rowOf = (rowKey: string) => ({ partitionKey, rowKey, lastActivity, owner: 'bench' });
  await pMap(batches, (ids) => table.submitTransaction(ids.map((id): TransactionAction => ['create', rowOf(id)])), {
    concurrency: TRANSACTIONS_AT_ONCE,
  });
}
