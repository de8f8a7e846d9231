import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Benchmark, Section } from './benchmark.ts';

/** Runs benchmarks one after the other, in a folder that is removed afterwards. */
export async function runAll(benchmarks: readonly Benchmark[], options: Omit<Bench, 'folder'>): Promise<Section[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const sections: Section[] = [];
  try {
    for (const benchmark of benchmarks) sections.push(await benchmark.run({ ...options, folder }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return sections;
}
