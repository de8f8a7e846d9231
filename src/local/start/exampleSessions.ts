import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import type { OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { partitionOf, type SessionShards, sessionPartitions } from '../../storage/partitions.ts';
import { Upload } from '../cluster/uploader.ts';
import type { StartedCluster } from './startCluster.ts';

/** An upload session that shows what a sweep does with one kind of session. */
export interface ExampleSession {
  /** The row key. */
  sessionId: string;
  what: string;
  /** The expected outcome of the first sweep; `undefined` if it must not be touched. */
  expected: OutcomeKind | undefined;
}

const MIB = 1_048_576;
const LONG_AGO_MS = 20 * 60_000;
/** Less than the default STALE_AFTER. */
const A_WHILE_MS = 5 * 60_000;

const FRESH = 'fresh: less than 15 minutes old';

/**
 * Makes sessions of every kind: with real chunks on the cluster, and registered in the table as their uploaders would register them.
 *
 * @param shards - the number of partitions in the table
 */
export async function makeExampleSessions(
  { gateway, control, credentials }: Pick<StartedCluster, 'gateway' | 'control' | 'credentials'>,
  table: TableClient,
  clusterName: string,
  shards: SessionShards,
): Promise<ExampleSession[]> {
  await table.createTable();
  const [firstPartition = clusterName] = sessionPartitions(clusterName, shards);
  // A key that is not a GUID belongs to no particular partition.
  const partitionFor = (rowKey: string) => {
    const parsed = parseSessionId(rowKey);
    return 'id' in parsed ? partitionOf(clusterName, shards, parsed.id) : firstPartition;
  };
  const longAgo = new Date(Date.now() - LONG_AGO_MS);
  const made: ExampleSession[] = [];

  /** Uploads the first `chunks` of `of` chunks of 1 MiB. */
  const upload = async (storeRelativePath: string, chunks: number, of: number) => {
    const file = { storeRelativePath, fileSizeBytes: of * MIB, chunkSizeBytes: MIB };
    const one = new Upload(gateway, file, credentials);
    await one.uploadChunks(one.chunks.slice(0, chunks));
    return { rowKey: one.sessionId, storeRelativePath };
  };
  const register = async (
    row: { rowKey: string; storeRelativePath?: string },
    lastActivity: Date,
    what: string,
    expected: OutcomeKind | undefined,
  ) => {
    await table.createEntity({ partitionKey: partitionFor(row.rowKey), ...row, owner: 'npm start', lastActivity });
    made.push({ sessionId: row.rowKey, what, expected });
  };

  // The cluster's clock is set back while the old sessions are uploaded, and then advanced.
  await control.setClockOffset(-LONG_AGO_MS);
  const abandoned = [
    await upload('Shop/Code/web.zip', 5, 8),
    await upload('Shop/Code/api.zip', 3, 4),
    await upload('Shop/Data/catalog.dat', 1, 16),
  ];
  const refused = await upload('Bank/Code/rates.zip', 2, 4);
  const complete = await upload('Shop/Config/settings.xml', 2, 2);
  const revived = await upload('Bank/Code/ledger.zip', 2, 6);
  await control.advanceClock(LONG_AGO_MS - A_WHILE_MS);
  const paused = await upload('Bank/Code/vault.zip', 1, 2);
  await control.advanceClock(A_WHILE_MS);
  const { rowKey: sessionId, storeRelativePath } = revived;
  const continued = new Upload(gateway, { sessionId, storeRelativePath, fileSizeBytes: 6 * MIB }, credentials);
  await continued.uploadChunk({ start: 2 * MIB, end: 3 * MIB - 1 });
  const fresh = await upload('Bank/Code/teller.zip', 1, 3);

  for (const row of abandoned) await register(row, longAgo, 'abandoned 20 minutes ago', 'deleted');

  await control.addFault({
    name: 'the deletion of one session fails',
    operation: 'delete',
    sessionId: refused.rowKey,
    answer: { status: 503, code: 'FABRIC_E_NO_WRITE_QUORUM', message: 'The write quorum is lost.' },
  });
  await register(refused, longAgo, 'abandoned, but its deletion fails', 'failed');
  await register(complete, longAgo, 'all chunks received, commit may be running', 'active');
  await register(revived, longAgo, 'stale in the table, still receiving chunks', 'active');
  await register({ rowKey: randomUUID() }, longAgo, 'unknown to the cluster', 'notFound');
  await register({ rowKey: 'package-of-tuesday' }, longAgo, 'a row whose key is not a GUID', 'invalid');
  await register(fresh, new Date(), FRESH, undefined);
  await register(paused, new Date(Date.now() - A_WHILE_MS), FRESH, undefined);
  return made;
}
