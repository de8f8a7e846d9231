import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Benchmark, Section } from './benchmark.ts';
import { startTestbed, type Testbed } from './testbed.ts';

/** Runs benchmarks one after the other. */
export async function runAll(
  benchmarks: readonly Benchmark[],
  options: Omit<Bench, 'folder' | keyof Testbed>,
): Promise<Section[]> {
  const { stop, ...testbed } = await startTestbed();
  try {
    const sections: Section[] = [];
    for (const benchmark of benchmarks) sections.push(await runOne(benchmark, { ...options, ...testbed }));
    return sections;
  } finally {
    await stop();
  }
}

/** Runs one benchmark in its own folder. */
export async function runOne(benchmark: Benchmark, options: Omit<Bench, 'folder'>): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    return await benchmark.run({ ...options, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
