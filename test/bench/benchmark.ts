import type { World } from './world.ts';

/** How much is measured: `tiny` only shows that it works, `quick` gives a picture in minutes, `full` is what counts. */
export const SIZES = ['tiny', 'quick', 'full'] as const;
export type Size = (typeof SIZES)[number];

/** What a benchmark receives. */
export interface Bench extends World {
  size: Size;
  /** How often each peer has its turn. */
  rounds: number;
  /** An empty folder of this benchmark's own, removed at the end. */
  folder: string;
  /** Reports what is going on. */
  progress(line: string): void;
}

export interface Table {
  head: string[];
  rows: string[][];
}

/** A limit, and what was measured. */
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
  /** @throws when a peer has not done all its work, as the servers have counted it */
  run(bench: Bench): Promise<Section>;
}

export function atLeast(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at least ${bound}`, got: got.toFixed(2), met: got >= bound };
}

export function atMost(what: string, bound: number, got: number): Bar {
  return { what, wanted: `at most ${bound}`, got: got.toFixed(2), met: got <= bound };
}
