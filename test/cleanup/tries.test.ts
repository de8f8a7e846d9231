import { describe, expect, it } from '@jest/globals';
import { tryUntilDecided } from '../../src/cleanup/tries.ts';
import { failure } from '../doubles/memoryPorts.ts';

/** How long it waits before each try after the first, in milliseconds, if the failures have the given facts. */
async function waitsFor(...failures: Parameters<typeof failure>[0][]): Promise<number[]> {
  const waits: number[] = [];
  const left = [...failures];
  const attempt = async () => ({ kind: 'failed', error: failure(left.shift()) }) as const;
  const wait = async (milliseconds: number) => void waits.push(milliseconds);

  await tryUntilDecided(attempt, { maxTries: 4, firstWaitMs: 500, random: () => 1 }, undefined, wait);
  return waits;
}

describe('the wait between two tries', () => {
  it('doubles', async () => {
    expect(await waitsFor()).toEqual([500, 1_000, 2_000]);
  });

  it('is as long as Retry-After asks, but never shorter than usual', async () => {
    expect(await waitsFor({ retryAfterMs: 30_000 }, { retryAfterMs: 1 })).toEqual([30_000, 1_000, 2_000]);
  });
});
