import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { cellsWide, padTo, wrapTo } from './layout.ts';
import { plainJson, plainText } from './plainText.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** A piece of a line. The style shows only where colours are wanted. */
export type Span = string | { text: string; style: Style };

/** A cell of a row. */
export interface Cell {
  spans: readonly Span[];
  /** In terminal cells. `undefined` for the last one, which takes the rest of the line. */
  width?: number | undefined;
}

/** Prints a command's lines. Every piece is made safe for a terminal before it is styled. */
export interface Output {
  readonly isTerminal: boolean;
  /** How wide a line may be, in terminal cells: the terminal's width, or 80. */
  readonly columns: number;
  /** Whether nothing can be written any more: the reader has ended (`| head -1`), the disk is full, or the terminal is closed. The rest is dropped. */
  readonly closed: boolean;
  /** Waits until everything is written. @returns why something could not be written; `undefined` also if the reader has ended */
  written(): Promise<NodeJS.ErrnoException | undefined>;
  /** One line. On a terminal that is narrower it is broken at blanks. */
  line(...spans: Span[]): void;
  /** Cells side by side. On a terminal each is broken at blanks to its own width; elsewhere the row is one line. */
  row(cells: readonly Cell[], indent?: number): void;
  /** Text broken at blanks, each line indented. */
  paragraph(text: string | readonly Span[], indent?: number): void;
  /** One JSON document in one line. */
  json(value: unknown, suffix?: string): void;
}

/** The narrowest that text is broken to. */
const NARROWEST = 40;
const COLUMNS_OF_NO_TERMINAL = 80;
const GAP = 2;

/** @param stream - standard output for results, standard error for messages */
export function createOutput(stream: WriteStream): Output {
  let closed = false;
  let failure: NodeJS.ErrnoException | undefined;
  // Never thrown: a command completes and records what it has begun, even if its output is lost.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed && error.code !== 'EPIPE') failure = error;
    closed = true;
  });
  const write = (line: string) => {
    if (!closed) stream.write(`${line}\n`);
  };
  const isTerminal = stream.isTTY === true;
  const columns = () => Math.max(NARROWEST, (isTerminal && stream.columns) || COLUMNS_OF_NO_TERMINAL);
  const styled = (spans: readonly Span[]) => spans.map((span) => rendered(span, stream)).join('');
  const paragraph: Output['paragraph'] = (text, indent = 0) => {
    const lines = wrapTo(styled(typeof text === 'string' ? [text] : text), columns() - indent);
    for (const line of lines) write(' '.repeat(indent) + line);
  };
  return {
    isTerminal,
    get columns() {
      return columns();
    },
    get closed() {
      return closed;
    },
    // The streams report an error only after they have called back.
    written: () => new Promise((resolve) => stream.write('', () => setImmediate(() => resolve(failure)))),
    line(...spans) {
      const text = styled(spans).trimEnd();
      if (isTerminal && cellsWide(text) > columns()) paragraph(spans, leadingBlanks(text));
      else write(text);
    },
    row(cells, indent = 0) {
      const texts = cells.map(({ spans }) => styled(spans));
      if (!isTerminal) {
        write((' '.repeat(indent) + texts.map((text, n) => padTo(text, cells[n]?.width ?? 0)).join('  ')).trimEnd());
        return;
      }
      for (const line of sideBySide(texts, cells, columns() - indent)) write(' '.repeat(indent) + line);
    },
    paragraph,
    json: (value, suffix = '') => write(plainJson(value) + suffix),
  };
}

function sideBySide(texts: readonly string[], cells: readonly Cell[], room: number): string[] {
  let left = room;
  const columns = texts.map((text, n) => {
    const width = Math.max(1, Math.min(left, cells[n]?.width ?? left));
    left -= width + GAP;
    return { width, lines: text === '' ? [''] : wrapTo(text, width) };
  });
  const height = Math.max(...columns.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    columns
      .map(({ width, lines }) => padTo(lines[at] ?? '', width))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

const leadingBlanks = (text: string) => text.length - text.trimStart().length;

function rendered(span: Span, stream: WriteStream): string {
  return typeof span === 'string' ? plainText(span) : styleText(span.style, plainText(span.text), { stream });
}
