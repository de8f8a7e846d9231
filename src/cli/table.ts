import type { Cell, Output, Span } from './output.ts';

/** One column of a list. */
export interface Column<Row> {
  title: string;
  /** In terminal cells. `undefined` for the last column, which takes the rest of the line. */
  width?: number;
  cell(row: Row): Span | readonly Span[];
}

/** The indentation of the lines below the first line of a row. */
const BELOW = 4;
const GAP = 2;

/** With less room the last column begins a new line. */
const NARROWEST_LAST = 24;

/**
 * Prints rows one by one, below a line of titles. The widths are given, not measured, so that the first row need not wait for
 * the last. On a terminal every cell is broken at blanks to its width, and columns that do not fit beside the others are printed
 * below them. Elsewhere a row is one line.
 *
 * @param note - a text that is too long for a column: printed below its row on a terminal, elsewhere at the row's end
 */
export function startTable<Row>(
  out: Output,
  columns: readonly Column<Row>[],
  note: (row: Row) => string = () => '',
): (row: Row) => void {
  let titled = false;
  return (row) => {
    if (!titled) {
      print(
        out,
        columns.map(({ title, width }) => ({ spans: [{ text: title, style: 'bold' }], width })),
      );
    }
    titled = true;
    const cells = columns.map(({ width, cell }) => ({ spans: asSpans(cell(row)), width }));
    const noted = note(row);
    print(out, noted && !out.isTerminal ? [...cells, { spans: [noted] }] : cells);
    if (noted && out.isTerminal) out.paragraph(noted, BELOW);
  };
}

const asSpans = (cell: Span | readonly Span[]): readonly Span[] =>
  typeof cell === 'string' || 'text' in cell ? [cell] : cell;

function print(out: Output, cells: readonly Cell[]): void {
  if (!out.isTerminal) {
    out.row(cells);
    return;
  }
  let line: Cell[] = [];
  let indent = 0;
  let used = 0;
  const flush = () => {
    const isEmpty = line.every(({ spans }) => spans.every((span) => (typeof span === 'string' ? !span : !span.text)));
    if (!isEmpty) out.row(line, indent);
  };
  for (const cell of cells) {
    const wanted = cell.width ?? NARROWEST_LAST;
    if (line.length > 0 && used + wanted > out.columns) {
      flush();
      [line, indent, used] = [[], BELOW, BELOW];
    }
    line.push(cell);
    used += wanted + GAP;
  }
  flush();
}
