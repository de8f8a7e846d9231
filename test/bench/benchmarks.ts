import type { Benchmark } from './benchmark.ts';
import { deleting } from './deleting/benchmark.ts';

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [deleting];
