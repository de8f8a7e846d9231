import type { SessionId } from '../cleanup/model/sessionId.ts';

/** How many partitions the sessions of one cluster are spread over. */
export type SessionShards = 1 | 16 | 256;

const HEX_DIGITS: Record<SessionShards, number> = { 1: 0, 16: 1, 256: 2 };

/**
 * Separates the parts of a partition key. Cluster names cannot contain it, so a partition never belongs to two clusters.
 */
export const SEPARATOR = '~';

/**
 * The partition key of a session: the cluster's name and, with shards, the first hex digits of the session id. So the partition of
 * a session is known without an index.
 */
export function partitionOf(clusterName: string, shards: SessionShards, sessionId: SessionId): string {
  const digits = HEX_DIGITS[shards];
  return digits === 0 ? clusterName : `${clusterName}${SEPARATOR}${sessionId.slice(0, digits)}`;
}

/** All partition keys that hold sessions of a cluster. */
export function sessionPartitions(clusterName: string, shards: SessionShards): string[] {
  const digits = HEX_DIGITS[shards];
  if (digits === 0) return [clusterName];
  return Array.from({ length: shards }, (_, n) => `${clusterName}${SEPARATOR}${n.toString(16).padStart(digits, '0')}`);
}

/** The partition key of the outcomes of one day, of the sessions in one partition. */
export function outcomePartition(sessionPartition: string, day: string): string {
  return `${sessionPartition}${SEPARATOR}${day}`;
}
