import pMap from 'p-map';
import type { OutcomeRecord } from './model/outcomeRecord.ts';
import { RowRefusedError } from './model/rowRefusedError.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { LogPort, RecordPorts } from './ports.ts';
import { type Settlement, settle } from './settle.ts';

/** The maximum number of entities of one entity group transaction. */
const BATCH = 100;
/** The maximum number of unsettled entries. Beyond it, the cleanup waits for the storage. */
const MAX_UNSETTLED = 400;
const SETTLING_AT_ONCE = 32;

/** One outcome to record, and what happens to its row afterwards. */
export interface Entry {
  record: OutcomeRecord;
  session: TrackedSession;
  settlement: Settlement;
}

/** Rows that the storage service refused to write. The next sweep processes their sessions again. */
export interface RefusedRows {
  count: number;
  /** The error of the first of them; empty if there is none. */
  message: string;
}

/** Records outcomes and settles rows while the cleanups continue. */
export interface Recorder {
  /** Takes an entry, and waits until there is room for more. */
  add(entry: Entry): Promise<void>;
  /**
   * Waits until all is recorded and settled.
   *
   * @throws what the storage threw; sessions whose outcome is not recorded keep their rows for a later sweep
   */
  finish(): Promise<{ refused: RefusedRows }>;
  /** Whether the storage failed, so that no more sessions should be taken. */
  readonly failed: boolean;
}

/**
 * Starts a recorder. Each batch has the entries that arrived while the previous one was being recorded: full transactions under
 * load, and no delay if there is little to do. A row is settled only after its outcome is recorded, so a crash in between repeats
 * a session but loses none.
 *
 * A row that the storage service refuses is logged and counted; the others are still recorded. If the storage fails, what is left is
 * tried once more at the end.
 */
export function startRecorder(ports: RecordPorts & { log: LogPort }): Recorder {
  const waiting: Entry[] = [];
  let unsettled = 0;
  let failure: { error: unknown } | undefined;
  const refused: RefusedRows = { count: 0, message: '' };
  let recording = Promise.resolve();
  /** Becomes false in the same step that finds no entry left, so that no entry is missed in between. */
  let isRecording = false;
  const settling = new Set<Promise<unknown>>();
  let roomMade: (() => void)[] = [];

  const makeRoom = () => {
    const waiters = roomMade;
    roomMade = [];
    for (const wake of waiters) wake();
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    makeRoom();
  };
  const refuse = (error: RowRefusedError) => {
    refused.count += 1;
    refused.message ||= error.message;
    const { message, partition, rowKey, code } = error;
    ports.log.warn('A row could not be written.', { error: message, partition, rowKey, errorCode: code });
  };

  /** Records one batch, and starts to settle its rows. */
  const record = async (batch: Entry[]) => {
    const unrecorded = await ports.recordOutcomes(batch.map(({ record }) => record));
    for (const { error } of unrecorded) refuse(error);
    const recorded = batch.filter((entry) => !unrecorded.some(({ record }) => record === entry.record));
    const settled = settleAll(recorded).then(() => {
      settling.delete(settled);
      unsettled -= batch.length;
      makeRoom();
    });
    settling.add(settled);
  };

  const recordAll = async () => {
    try {
      while (waiting.length > 0 && !failure) {
        const batch = takeBatch();
        try {
          await record(batch);
        } catch (error) {
          waiting.unshift(...batch);
          fail(error);
        }
      }
    } finally {
      isRecording = false;
    }
  };

  /** Settles the rows of a batch. One that cannot be settled does not stop the others. */
  const settleAll = (batch: Entry[]) =>
    pMap(
      batch,
      ({ session, settlement }) =>
        settle(ports, session, settlement).catch((error) =>
          error instanceof RowRefusedError ? refuse(error) : fail(error),
        ),
      { concurrency: SETTLING_AT_ONCE },
    );

  /** Takes the next entries of one partition, as a transaction must have. */
  const takeBatch = (): Entry[] => {
    const partition = waiting[0]?.record.partition;
    const other = waiting.findIndex(({ record }) => record.partition !== partition);
    return waiting.splice(0, other === -1 ? BATCH : Math.min(BATCH, other));
  };

  return {
    get failed() {
      return failure !== undefined;
    },
    async add(entry) {
      waiting.push(entry);
      unsettled += 1;
      if (!isRecording && !failure) {
        isRecording = true;
        recording = recordAll();
      }
      while (unsettled >= MAX_UNSETTLED && !failure) await new Promise<void>((wake) => roomMade.push(wake));
    },
    async finish() {
      while (isRecording || settling.size > 0) await Promise.all([recording, ...settling]);
      if (!failure) return { refused };
      try {
        while (waiting.length > 0) await record(takeBatch());
      } catch {
        // The first failure is thrown below.
      }
      await Promise.all(settling);
      throw failure.error;
    },
  };
}
