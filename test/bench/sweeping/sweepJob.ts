import type { TableClient } from '@azure/data-tables';
import { openTable } from '../../../src/storage/table.ts';

/** A sweep, as every peer receives it. */
export interface SweepJob {
  peer: 'ours' | 'naive' | 'floor' | 'undiciFloor';
  endpoint: string;
  connectionString: string;
  tables: { sessions: string; outcomes: string; runs: string };
  /** Concurrent calls to the cluster. */
  concurrency: number;
}

export const PARTITION = 'default';
export const STALE_AFTER_MS = 15 * 60_000;

export interface Row {
  partitionKey: string;
  rowKey: string;
  etag: string;
  lastActivity: Date;
  owner: string;
}

export function openTables({ connectionString, tables }: SweepJob): { sessions: TableClient; outcomes: TableClient } {
  const open = (name: string) => openTable({ connectionString }, name);
  return { sessions: open(tables.sessions), outcomes: open(tables.outcomes) };
}

export function pathOf(operation: 'GetUploadSession' | 'DeleteUploadSession', sessionId: string): string {
  return `/ImageStore/$/${operation}?api-version=6.0&session-id=${sessionId}&timeout=60`;
}
