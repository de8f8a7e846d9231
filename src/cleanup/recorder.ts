import pMap from 'p-map';
import type { OutcomeRecord } from '../storage/outcomeTable.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { RecordPorts } from './ports.ts';
import { type Settlement, settle } from './settle.ts';

/** An entity group transaction takes at most so many. */
const BATCH = 100;
/** So many may wait for the storage before the cleanup waits too. */
const MOST_WAITING = 400;
const SETTLING_AT_ONCE = 32;

/** One outcome to record, and what then becomes of its row. */
export interface Entry {
  record: OutcomeRecord;
  session: TrackedSession;
  settlement: Settlement;
}

/** Records outcomes and settles rows beside the cleanups that go on. */
export interface Recorder {
  /** Takes an entry; resolves when there is room for more. */
  add(entry: Entry): Promise<void>;
  /**
   * Waits until all is recorded and settled.
   *
   * @throws what the storage threw; what is not recorded by then stays in its row for a later sweep
   */
  finish(): Promise<void>;
  readonly failed: boolean;
}

/**
 * Starts a recorder. Each batch holds what has come in while the one before was under way: whole transactions under
 * load, and no outcome kept waiting when there is little to do. A row is settled only after its outcome is recorded: a crash in
 * between repeats a session and loses none.
 */
export function startRecorder(ports: RecordPorts): Recorder {
  const waiting: Entry[] = [];
  let unsettled = 0;
  let failure: { error: unknown } | undefined;
  let recording = Promise.resolve();
  /** Falls in the same step in which the last batch is found empty: no entry can slip in between unseen. */
  let isRecording = false;
  const settling = new Set<Promise<void>>();
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

  const recordAll = async () => {
    try {
      while (waiting.length > 0 && !failure) {
        const batch = takeBatch();
        await ports.recordOutcomes(batch.map(({ record }) => record));
        const settled = settleAll(batch).then(() => {
          settling.delete(settled);
          unsettled -= batch.length;
          makeRoom();
        });
        settling.add(settled);
      }
    } catch (error) {
      fail(error);
    } finally {
      isRecording = false;
    }
  };

  /** A row that can't be settled keeps no other one from it. */
  const settleAll = (batch: Entry[]) =>
    pMap(batch, ({ session, settlement }) => settle(ports, session, settlement).catch(fail), {
      concurrency: SETTLING_AT_ONCE,
    });

  /** A transaction takes one partition only. */
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
      if (!isRecording) {
        isRecording = true;
        recording = recordAll();
      }
      while (unsettled >= MOST_WAITING && !failure) await new Promise<void>((wake) => roomMade.push(wake));
    },
    async finish() {
      while (isRecording || settling.size > 0) await Promise.all([recording, ...settling]);
      if (failure) throw failure.error;
    },
  };
}
