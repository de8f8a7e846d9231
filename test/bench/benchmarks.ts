import type { Benchmark } from './benchmark.ts';
import { coldStart } from './coldStart/benchmark.ts';
import { deleting } from './deleting/benchmark.ts';
import { fanningOut } from './fanOut/benchmark.ts';
import { readingStatus } from './status/benchmark.ts';
import { sweeping } from './sweeping/benchmark.ts';
import { calling } from './sweeping/calls.ts';
import { growing } from './sweeping/growing.ts';

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  deleting,
  sweeping,
  growing,
  coldStart,
  calling,
  fanningOut,
  readingStatus,
];
