import * as z from 'zod';
import type { ByteRange } from './byteRanges.ts';
import { OPERATIONS, type Operation } from './gatewayUrl.ts';
import type { FolderUsage } from './storeFolder.ts';
import { STORE_INFO_FORMS, type StoreInfoForm } from './storeInfo.ts';

/** The cluster's clock. */
export interface ClockReading {
  /** Milliseconds since 1970. */
  now: number;
  /** How far ahead of this machine's clock it is; negative: behind. */
  offsetMs: number;
}

/** What the cluster is now. */
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
  /** How many requests of each operation the gateway has met since the log was last cleared. */
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

/** What the cluster's folder really holds. */
export interface DiskUsage {
  staging: FolderUsage;
  store: FolderUsage;
}

/** A hundred years: far enough, and within `Date`'s range. */
const MAX_CLOCK_MS = 100 * 365 * 24 * 3_600_000;

export const clockChange = z.union([
  z.strictObject({ advanceMs: z.number().min(0).max(MAX_CLOCK_MS) }),
  z.strictObject({ offsetMs: z.number().min(-MAX_CLOCK_MS).max(MAX_CLOCK_MS) }),
]);

/** Sessions to be put into the primary's memory at once, without chunk files. */
export const madeSessions = z.strictObject({
  sessionIds: z.array(z.guid().toLowerCase()).max(200_000),
  /** How long their last chunk is past, by the cluster's clock. */
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
