import type { Output } from './output.ts';

/** How a command prints its results. */
export const FORMATS = ['table', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  output?: Format;
  /** A list as one document a line, any other result as one document. */
  json?: boolean;
}

/** Whether results are printed for people. */
export const isTable = ({ output, json }: FormatOptions): boolean => !json && (output ?? 'table') === 'table';

/** Prints the items of a list one by one. */
export interface ListPrinter<Item> {
  print(item: Item): void;
  /** Ends the list. Not called when the list could not be read to its end, so that half a list never parses as a whole one. */
  end(): void;
}

/** @param row - prints an item as a row of a table */
export function listPrinter<Item>(out: Output, options: FormatOptions, row: (item: Item) => void): ListPrinter<Item> {
  if (isTable(options)) return { print: row, end: () => {} };
  if (options.output !== 'json') return { print: (item) => out.json(item), end: () => {} };
  let last: { item: Item } | undefined;
  let began = false;
  const begin = () => {
    if (!began) out.line('[');
    began = true;
  };
  return {
    print(item) {
      begin();
      if (last) out.json(last.item, ',');
      last = { item };
    },
    end() {
      begin();
      if (last) out.json(last.item);
      out.line(']');
    },
  };
}
