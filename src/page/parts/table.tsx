import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { numberInWords } from '../../wire/words.ts';

/** A column of a table. */
export interface Column<Row> {
  name: string;
  cell(row: Row): ComponentChildren;
  /** What the column sorts by; `undefined` sorts last. Without it the column does not sort. */
  sortBy?: (row: Row) => string | number | undefined;
  /** The cell that names its row. */
  isHeader?: true;
  isNumber?: true;
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** The text that the filter searches; without it there is no filter. */
  textOf?: (row: Row) => string;
  /** Rows of a page. */
  pageSize?: number;
}

/** With fewer rows there is no filter. */
const LEAST_FILTERED = 6;

/**
 * A table that sorts, filters and pages through its rows, and becomes a list of cards on a narrow screen. The roles repeat
 * those of the elements, because browsers drop them if the style turns the elements into blocks.
 */
export function Table<Row>({ caption, columns, rows, keyOf, textOf, pageSize = 25 }: TableProps<Row>) {
  const [sorted, setSorted] = useState<{ name: string; isDown: boolean }>();
  const [filter, setFilter] = useState('');
  const [page, setPage] = useState(0);

  const found = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const left = wanted && textOf ? rows.filter((row) => textOf(row).toLowerCase().includes(wanted)) : rows;
    const sortBy = columns.find(({ name }) => name === sorted?.name)?.sortBy;
    return sortBy ? left.toSorted((a, b) => compare(sortBy(a), sortBy(b), sorted?.isDown ?? false)) : left;
  }, [rows, filter, sorted]);

  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const shown = Math.min(page, pages - 1);
  useEffect(() => setPage(shown), [shown]);
  const from = shown * pageSize;
  const first = found.slice(from, from + pageSize);

  return (
    <div class="table">
      {textOf && rows.length >= LEAST_FILTERED && (
        <label class="filter">
          Filter{' '}
          <input
            type="search"
            value={filter}
            onInput={({ currentTarget }) => {
              setFilter(currentTarget.value);
              setPage(0);
            }}
          />
          <span class="for">: {caption}</span>
        </label>
      )}
      <table role="table">
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Head key={column.name} column={column} sorted={sorted} onSort={setSorted} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {first.map((row) => (
            <tr role="row" key={keyOf(row)}>
              {columns.map((column) => (
                <Cell key={column.name} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > 0 && found.length === 0 && <p class="empty">No row contains “{filter}”.</p>}
      {(pages > 1 || shown > 0) && (
        <nav class="pager" aria-label={`Pages: ${caption}`}>
          <button type="button" onClick={() => setPage(shown - 1)} disabled={shown === 0}>
            Previous
          </button>
          <span role="status">
            {numberInWords(from + 1)}–{numberInWords(from + first.length)} of {numberInWords(found.length)}
          </span>
          <button type="button" onClick={() => setPage(shown + 1)} disabled={shown >= pages - 1}>
            Next
          </button>
        </nav>
      )}
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sorted: { name: string; isDown: boolean } | undefined;
  onSort(sorted: { name: string; isDown: boolean }): void;
}

function Head<Row>({ column: { name, sortBy, isNumber }, sorted, onSort }: HeadProps<Row>) {
  const isSorted = sorted?.name === name;
  const order = isSorted ? (sorted.isDown ? 'descending' : 'ascending') : undefined;
  return (
    <th role="columnheader" scope="col" class={isNumber ? 'number' : ''} aria-sort={order}>
      {sortBy ? (
        <button type="button" class="sort" onClick={() => onSort({ name, isDown: isSorted && !sorted.isDown })}>
          {name}
          <span aria-hidden="true">{isSorted ? (sorted.isDown ? ' ↓' : ' ↑') : ' ↕'}</span>
        </button>
      ) : (
        name
      )}
    </th>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const kind = column.isNumber ? 'number' : '';
  if (column.isHeader) {
    return (
      <th role="rowheader" scope="row" class={kind}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td role="cell" class={kind} data-name={column.name}>
      <div>{column.cell(row)}</div>
    </td>
  );
}

function compare(a: string | number | undefined, b: string | number | undefined, isDown: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return isDown ? -order : order;
}
