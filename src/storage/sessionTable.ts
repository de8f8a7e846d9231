import { odata, type RestError, type TableClient } from '@azure/data-tables';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { SweepRange } from '../cleanup/model/sweepRange.ts';
import type { SessionChange, SessionPage, Settled, TrackedSession } from '../cleanup/model/trackedSession.ts';
import { writeRow } from './refusedRow.ts';
import { inactiveSince, pagesOf, type Row } from './rows.ts';
import { changedColumns, readSession, SESSION_COLUMNS } from './sessionEntity.ts';
import { isStorageError, onTable } from './table.ts';

/** The table of upload sessions. Uploaders write the rows, the sweep reads and settles them. */
export interface SessionTable {
  /**
   * Streams, page by page, all sessions of a range that are without activity since the cutoff, and some others: the caller decides.
   *
   * @param signal - ends the query with an AbortError
   * @throws {RestError} if the storage service cannot be read
   */
  pagesOfSessions(range: SweepRange, cutoff: Date, signal?: AbortSignal): AsyncIterable<SessionPage>;
  /** Finds one session. Its owner may have written the row key in lower or in upper case. */
  findSession(partition: string, sessionId: SessionId): Promise<TrackedSession | undefined>;
  /** Creates a session's row, unless it exists. */
  createSession(partition: string, sessionId: SessionId, columns: SessionChange): Promise<'created' | 'exists'>;
  /** Removes a session's row, unless it was written after it was read. */
  removeSession(session: TrackedSession): Promise<Settled>;
  /**
   * Changes a session's row, unless it was written after it was read.
   *
   * @throws {RowRefusedError} if the storage service refuses the row as it would be
   */
  changeSession(session: TrackedSession, change: SessionChange): Promise<Settled>;
}

export function sessionTable(table: TableClient): SessionTable {
  const find = async (partition: string, rowKey: string): Promise<TrackedSession | undefined> => {
    try {
      const queryOptions = { select: [...SESSION_COLUMNS] };
      const row = await onTable(table, () =>
        table.getEntity<Record<string, unknown>>(partition, rowKey, { queryOptions }),
      );
      return readSession(row as Row);
    } catch (error) {
      if (isStorageError(error, 'ResourceNotFound')) return undefined;
      throw error;
    }
  };

  return {
    async *pagesOfSessions({ partition, after, upTo }, cutoff, signal) {
      let storageDate: Date | undefined;
      const filter = [
        odata`PartitionKey eq ${partition}`,
        ...(after === undefined ? [] : [odata`RowKey gt ${after}`]),
        ...(upTo === undefined ? [] : [odata`RowKey le ${upTo}`]),
        inactiveSince(cutoff),
      ].join(' and ');
      const onDate = (date: Date | undefined) => {
        storageDate = date;
      };
      for await (const page of pagesOf(table, { filter, select: SESSION_COLUMNS, signal, onDate })) {
        yield { sessions: page.map(readSession), storageDate };
      }
    },

    async findSession(partition, sessionId) {
      return (await find(partition, sessionId)) ?? (await find(partition, sessionId.toUpperCase()));
    },

    async createSession(partition, sessionId, columns) {
      const row = { partitionKey: partition, rowKey: sessionId, ...changedColumns(columns) };
      try {
        await onTable(table, () => table.createEntity(row));
        return 'created';
      } catch (error) {
        if (isStorageError(error, 'EntityAlreadyExists')) return 'exists';
        throw error;
      }
    },

    removeSession: (session) =>
      settle(() => table.deleteEntity(session.partition, session.rowKey, { etag: session.etag })),

    changeSession: ({ partition, rowKey, etag }, change) => {
      const row = { partitionKey: partition, rowKey, ...changedColumns(change) };
      const write = () => table.updateEntity(row, 'Merge', { etag });
      return settle(() => writeRow({ row: 'session', partition, rowKey }, write));
    },
  };
}

async function settle(write: () => Promise<unknown>): Promise<Settled> {
  try {
    await write();
    return 'settled';
  } catch (error) {
    if (isStorageError(error, 'ResourceNotFound', 'TableNotFound')) return 'gone';
    if ((error as RestError).statusCode === 412) return 'changedMeanwhile';
    throw error;
  }
}
