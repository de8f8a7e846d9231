import { odata, type TableClient } from '@azure/data-tables';
import type { TrackedSession } from '../cleanup/model/trackedSession.ts';
import { PositionError, parsePosition } from './position.ts';
import { inactiveSince, pagesOf, type Row } from './rows.ts';
import { readSession, SESSION_COLUMNS } from './sessionEntity.ts';

/** Which sessions to list; all by default. */
export interface SessionQuery {
  /** Those without activity since then, and some others: the caller decides. */
  inactiveSince?: Date;
  /** Those that were given up. */
  givenUp?: true;
}

/** A session, and its position in the list. */
export interface ListedSession {
  session: TrackedSession;
  position: string;
}

/** Queries of the table of sessions. */
export interface SessionQueries {
  /**
   * Streams the sessions of some partitions in the order of their keys.
   *
   * @param partitions - read one after the other; the order must be the same for each page
   * @param after - the position of the session before the first one; left out to start at the beginning
   * @param pageSize - how many sessions one query reads, 1 to 1,000
   * @param signal - ends the query with an AbortError
   * @throws {RestError} if the storage service cannot be read; {PositionError} for an `after` that is not of this list
   */
  listSessions(
    partitions: readonly string[],
    query: SessionQuery,
    after: string | undefined,
    pageSize: number,
    signal?: AbortSignal,
  ): AsyncGenerator<ListedSession, void>;
}

export function sessionQueries(table: TableClient): SessionQueries {
  return {
    async *listSessions(partitions, query, after, pageSize, signal) {
      const [afterPartition, afterKey] = after === undefined ? [] : parsePosition(after);
      const first = afterPartition === undefined ? 0 : partitions.indexOf(afterPartition);
      if (first < 0) throw new PositionError();
      for (const partition of partitions.slice(first)) {
        const filter = [
          odata`PartitionKey eq ${partition}`,
          ...(partition === afterPartition && afterKey !== undefined ? [odata`RowKey gt ${afterKey}`] : []),
          ...(query.givenUp ? ['givenUp eq true'] : []),
          ...(query.inactiveSince ? [inactiveSince(query.inactiveSince)] : []),
        ].join(' and ');
        const pages = pagesOf(table, { filter, select: SESSION_COLUMNS, pageSize, signal });
        for await (const page of pages) yield* page.map(listed);
      }
    },
  };
}

function listed(row: Row): ListedSession {
  const session = readSession(row);
  return { session, position: JSON.stringify([session.partition, session.rowKey]) };
}
