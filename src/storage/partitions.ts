/** How many partitions the sessions of one cluster are spread over. */
export type SessionShards = 1 | 16 | 256;

const HEX_DIGITS: Record<SessionShards, number> = { 1: 0, 16: 1, 256: 2 };

/**
 * The partition key that holds a session: the cluster's name, followed with shards by the first hex digits of the id,
 * so that a point look-up needs no second index.
 *
 * @param sessionId - lower case
 */
export function partitionOf(clusterName: string, shards: SessionShards, sessionId: string): string {
  const digits = HEX_DIGITS[shards];
  return digits === 0 ? clusterName : `${clusterName}-${sessionId.slice(0, digits)}`;
}

/** All partition keys that hold sessions of a cluster. */
export function sessionPartitions(clusterName: string, shards: SessionShards): string[] {
  const digits = HEX_DIGITS[shards];
  if (digits === 0) return [clusterName];
  return Array.from({ length: shards }, (_, n) => `${clusterName}-${n.toString(16).padStart(digits, '0')}`);
}
