import * as z from 'zod';
import type { ByteRange } from './byteRanges.ts';
import { OPERATIONS, type Operation } from './gatewayUrl.ts';
import type { FolderUsage } from './storeFolder.ts';
import { STORE_INFO_FORMS, type StoreInfoForm } from './storeInfo.ts';

/** The cluster's clock. */
export interface ClockReading {
  /** Milliseconds since 1970. */
  now: number;
  /** How far it is ahead of this machine's clock; negative if behind. */
  offsetMs: number;
}

/** The current state of the cluster. */
export interface ClusterStatus {
  endpoint: string;
  folder: string;
  clusterId: string | null;
  linux: boolean;
  commitDelayPerChunkMs: number;
  primaryMoving: boolean;
  storeInfo: StoreInfoForm;
  capacityBytes: number;
  clock: ClockReading;
  /** Connections to the gateway. */
  connections: { open: number; peak: number; total: number };
  sessions: number;
  /** The number of requests of each operation since the log was last cleared. */
  requests: Partial<Record<Operation, number>>;
}

/** An upload session in the primary's memory. */
export interface SessionState {
  sessionId: string;
  storeRelativePath: string;
  fileSizeBytes: number;
  stagedBytes: number;
  /** Milliseconds since 1970, by the cluster's clock. */
  modifiedAt: number;
  missingRanges: ByteRange[];
}

/** The actual size of the cluster's folder. */
export interface DiskUsage {
  staging: FolderUsage;
  store: FolderUsage;
}

/** A hundred years, which is within the range of `Date`. */
const MAX_CLOCK_MS = 100 * 365 * 24 * 3_600_000;

export const clockChange = z.union([
  z.strictObject({ advanceMs: z.number().min(0).max(MAX_CLOCK_MS) }),
  z.strictObject({ offsetMs: z.number().min(-MAX_CLOCK_MS).max(MAX_CLOCK_MS) }),
]);

/** Sessions to create in the primary's memory, without chunk files. */
export const madeSessions = z.strictObject({
  sessionIds: z.array(z.guid().toLowerCase()).max(200_000),
  /** The time since their last chunk, by the cluster's clock. */
  ageMs: z.number().min(0).max(MAX_CLOCK_MS),
});

export const behaviourChange = z.strictObject({
  linux: z.boolean().optional(),
  commitDelayPerChunkMs: z.number().min(0).max(600_000).optional(),
  primaryMoving: z.boolean().optional(),
  storeInfo: z.enum(STORE_INFO_FORMS).optional(),
  capacityBytes: z.int().min(0).optional(),
});
export type BehaviourChange = z.infer<typeof behaviourChange>;

export const logQuery = z.strictObject({
  since: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(100_000).optional(),
  operation: z.enum(OPERATIONS).optional(),
  sessionId: z.string().optional(),
});
