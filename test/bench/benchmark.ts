import type { Testbed } from './testbed.ts';

/** How much is measured: `tiny` only shows that it works, `quick` gives estimates in minutes, `full` gives the published results. */
export const SIZES = ['tiny', 'quick', 'full'] as const;
export type Size = (typeof SIZES)[number];

/** The arguments of a benchmark. */
export interface Bench extends Testbed {
  size: Size;
  /** The number of measurements of each peer. */
  rounds: number;
  /** An empty folder for this benchmark, removed at the end. */
  folder: string;
  /** Prints what is being measured. */
  progress(line: string): void;
}

export interface Table {
  head: string[];
  rows: string[][];
}

/** A limit, and the measured value. */
export interface Bar {
  what: string;
  /** Such as `at least 0.85`. */
  wanted: string;
  got: string;
  met: boolean;
}

/** The results of one benchmark. */
export interface Section {
  title: string;
  /** What was measured and how, one paragraph each. */
  text: string[];
  tables: Table[];
  bars: Bar[];
}

export interface Benchmark {
  name: string;
  /** @throws if a peer has not done all its work, according to the counts of the servers */
  run(bench: Bench): Promise<Section>;
}

export function atLeast(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at least ${bound}`, got: got.toFixed(2), met: got >= bound };
}

export function atMost(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at most ${bound}`, got: got.toFixed(2), met: got <= bound };
}
