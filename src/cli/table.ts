import type { Output, Span } from './output.ts';
import { plainText } from './plainText.ts';

/** One column of a list. */
export interface Column<Row> {
  title: string;
  /** In characters; a longer text pushes the rest to the right. None, for the last one: as long as it is. */
  width?: number;
  cell(row: Row): Span;
}

/** The indentation of what stands below a row. */
const BELOW = 4;

/**
 * Prints rows as they come, below one line of titles. The widths are given, not measured, so that the first row need not wait for
 * the last. On a terminal a row is cut to one line; elsewhere it is whole.
 *
 * @param note - what is too long for a column: on a terminal it stands below its row, elsewhere at the row's end
 */
export function startTable<Row>(
  out: Output,
  columns: readonly Column<Row>[],
  note: (row: Row) => string = () => '',
): (row: Row) => void {
  let titled = false;
  const line = (cells: Span[]) => {
    let room = out.isTerminal ? out.columns : Number.POSITIVE_INFINITY;
    const spans: Span[] = [];
    for (const [n, cell] of cells.entries()) {
      const { text, style } = typeof cell === 'string' ? { text: cell } : cell;
      const padded = plainText(text).padEnd(columns[n]?.width ?? 0);
      const isLast = n === cells.length - 1;
      const shown = cut(isLast ? padded.trimEnd() : padded, room);
      spans.push(style ? { text: shown, style } : shown, isLast ? '' : '  '.slice(0, Math.max(0, room - shown.length)));
      room -= shown.length + 2;
      if (room <= 0) break;
    }
    out.line(...spans);
  };
  return (row) => {
    if (!titled) line(columns.map(({ title }) => ({ text: title, style: 'bold' })));
    titled = true;
    const cells = columns.map(({ cell }) => cell(row));
    const noted = note(row);
    line(noted && !out.isTerminal ? [...cells, noted] : cells);
    if (noted && out.isTerminal) out.paragraph(noted, BELOW);
  };
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return `${[...text].slice(0, Math.max(0, room - 1)).join('')}…`;
}
