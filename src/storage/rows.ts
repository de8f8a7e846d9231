import { odata, type TableClient, type TableEntityResult } from '@azure/data-tables';
import { onTable } from './table.ts';

/** A row as the SDK reads it. Its columns may have any type. */
export type Row = TableEntityResult<Record<string, unknown>>;

/** Which rows to read. */
export interface RowQuery {
  filter: string;
  /** The columns to read; by default all. */
  select?: readonly string[];
  /** The maximum number of rows of a page; the storage service sends no more than 1,000, which is the default. */
  pageSize?: number;
  /** Ends the query with an AbortError. */
  signal?: AbortSignal | undefined;
  /** Receives the storage service's clock before each page; see {@link storageDateOf}. */
  onDate?(date: Date | undefined): void;
}

const MAX_PAGE_SIZE = 1000;

/**
 * Streams the rows that a filter finds, page by page. A page may be short, or empty, before the last one.
 *
 * @throws {RestError} when the storage service cannot be read
 */
export async function* pagesOf(table: TableClient, query: RowQuery): AsyncGenerator<Row[], void> {
  const { filter, select, pageSize = MAX_PAGE_SIZE, signal, onDate } = query;
  const begin = () =>
    table
      .listEntities<Record<string, unknown>>({
        queryOptions: { filter, ...(select && { select: [...select] }) },
        ...(signal && { abortSignal: signal }),
        ...(onDate && { onResponse: ({ headers }) => onDate(storageDateOf(headers)) }),
      })
      .byPage({ maxPageSize: pageSize });
  let pages = begin();
  let page = await onTable(table, () => {
    pages = begin();
    return pages.next();
  });
  for (; !page.done; page = await pages.next()) yield page.value;
}

/** The first rows that a filter finds. @throws {RestError} when the storage service cannot be read */
export async function firstRows(table: TableClient, max: number, query: RowQuery): Promise<Row[]> {
  const found: Row[] = [];
  for await (const page of pagesOf(table, { ...query, pageSize: Math.min(MAX_PAGE_SIZE, max) })) {
    found.push(...page);
    if (found.length >= max) break;
  }
  return found.slice(0, max);
}

/** The clock of the storage service, to the second: the answer's `Date` header. `undefined` if the answer had none. */
export function storageDateOf(headers: { get(name: string): string | undefined }): Date | undefined {
  const date = new Date(headers.get('date') ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * The filter for sessions that may be without activity since an instant, and some that are not.
 *
 * A comparison with a missing property is false, so rows without lastActivity are found by their Timestamp. `not` would differ
 * between the emulator and the service.
 */
export function inactiveSince(instant: Date): string {
  return odata`(lastActivity lt ${instant} or Timestamp lt ${instant})`;
}
