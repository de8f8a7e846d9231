import * as v from 'valibot';
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

const between = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));

export const clockChange = v.union([
  v.strictObject({ advanceMs: between(0, MAX_CLOCK_MS) }),
  v.strictObject({ offsetMs: between(-MAX_CLOCK_MS, MAX_CLOCK_MS) }),
]);

/** Sessions to create in the primary's memory, without chunk files. */
export const sessionsToAdd = v.strictObject({
  sessionIds: v.pipe(v.array(v.pipe(v.string(), v.uuid(), v.toLowerCase())), v.maxLength(200_000)),
  /** The time since their last chunk, by the cluster's clock. */
  ageMs: between(0, MAX_CLOCK_MS),
});

export const behaviourChange = v.strictObject({
  linux: v.optional(v.boolean()),
  commitDelayPerChunkMs: v.optional(between(0, 600_000)),
  primaryMoving: v.optional(v.boolean()),
  storeInfo: v.optional(v.picklist(STORE_INFO_FORMS)),
  capacityBytes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type BehaviourChange = v.InferOutput<typeof behaviourChange>;

const digits = v.pipe(v.string(), v.digits(), v.transform(Number), v.safeInteger());

export const logQuery = v.strictObject({
  since: v.optional(digits),
  limit: v.optional(v.pipe(digits, v.minValue(1), v.maxValue(100_000))),
  operation: v.optional(v.picklist(OPERATIONS)),
  sessionId: v.optional(v.string()),
});
