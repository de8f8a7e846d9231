/** How much is measured: `tiny` only shows that it works, `quick` gives a picture in minutes, `full` is what counts. */
export const SIZES = ['tiny', 'quick', 'full'] as const;
export type Size = (typeof SIZES)[number];

/** What a benchmark is handed. */
export interface Bench {
  size: Size;
  /** How often each peer has its turn. */
  rounds: number;
  /** An empty folder that is removed at the end. */
  folder: string;
  /** Tells whoever waits what is going on. */
  progress(line: string): void;
}

export interface Table {
  head: string[];
  rows: string[][];
}

/** What was promised, and what came of it. */
export interface Bar {
  what: string;
  /** Such as `at least 0.85`. */
  wanted: string;
  got: string;
  met: boolean;
}

/** What a benchmark has found. */
export interface Section {
  title: string;
  /** What was measured and how, a paragraph each. */
  text: string[];
  tables: Table[];
  bars: Bar[];
}

export interface Benchmark {
  name: string;
  run(bench: Bench): Promise<Section>;
}

export function atLeast(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at least ${bound}`, got: got.toFixed(2), met: got >= bound };
}

export function atMost(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at most ${bound}`, got: got.toFixed(2), met: got <= bound };
}
