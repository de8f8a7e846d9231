import { odata, type TableClient } from '@azure/data-tables';
import type { TrackedSession } from '../cleanup/model/trackedSession.ts';
import { PositionError, parsePosition } from './position.ts';
import { inactiveSince, pagesOf, type Row } from './rows.ts';
import { readSession, SESSION_COLUMNS } from './sessionEntity.ts';

/** Which sessions are asked for; all of them when nothing is said. */
export interface SessionQuery {
  /** Those that may be without activity since then, and perhaps some that are not: the caller decides. */
  inactiveSince?: Date;
  /** Those that need manual action. */
  givenUp?: true;
}

/** A session, and where it stands in the list: a text that only the list itself understands. */
export interface ListedSession {
  session: TrackedSession;
  position: string;
}

/** The table of sessions as people look into it. */
export interface SessionQueries {
  /**
   * Streams the sessions of some partitions in the order of their keys.
   *
   * @param partitions - one after the other, always in the same order
   * @param after - the position of the session to go on behind; none: from the start
   * @param pageSize - how many are fetched at once, 1 to 1,000
   * @param signal - ends it with an AbortError, also in the middle of a query that finds nothing for long
   * @throws {RestError} when the storage service cannot be read; {PositionError} for an `after` that no list gave
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
