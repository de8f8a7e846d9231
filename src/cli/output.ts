import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { Help } from 'commander';
import { plainJson, plainText } from './plainText.ts';

/** A piece of a line; with a style, it is shown so where colours are wanted. */
export type Span = string | { text: string; style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' };

/** Where a command's lines go. Nothing gets there raw: every piece is made plain before it is styled. */
export interface Output {
  readonly isTerminal: boolean;
  /** How many characters a line holds: the terminal's, or 80. */
  readonly columns: number;
  /** Whether nobody reads any more, as after `| head -1`. What is still written is dropped. */
  readonly closed: boolean;
  line(...spans: Span[]): void;
  /** Lines broken at blanks, each indented. */
  paragraph(text: string, indent?: number): void;
  /** One JSON document in one line. */
  json(value: unknown): void;
}

/** The narrowest that text is broken to. */
const NARROWEST = 40;

/** @param stream - standard output for results, standard error for all else */
export function createOutput(stream: WriteStream): Output {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  const write = (line: string) => {
    if (!closed) stream.write(`${line}\n`);
  };
  const columns = () => Math.max(NARROWEST, (stream.isTTY && stream.columns) || 80);
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return columns();
    },
    get closed() {
      return closed;
    },
    line: (...spans) =>
      write(
        spans
          .map((span) => rendered(span, stream))
          .join('')
          .trimEnd(),
      ),
    paragraph(text, indent = 0) {
      const lines = new Help().boxWrap(plainText(text), columns() - indent).split('\n');
      for (const line of lines) write(`${' '.repeat(indent)}${line}`);
    },
    json: (value) => write(plainJson(value)),
  };
}

function rendered(span: Span, stream: WriteStream): string {
  return typeof span === 'string' ? plainText(span) : styleText(span.style, plainText(span.text), { stream });
}
