import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createProbeCache } from '../../src/composition/probeCache.ts';

/** A cache of probes, and how many were made. */
function startCache() {
  let count = 0;
  const cache = createProbeCache(async () => {
    count += 1;
    return { verdict: 'good', clusterDate: new Date(), requestId: `request-${count}`, host: 'gateway' };
  });
  return { ...cache, count: () => count };
}

describe('the cache of probes', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives the answer of the last minute again, and that of a probe in progress', async () => {
    const cache = startCache();

    const answers = [...(await Promise.all([cache.recent(), cache.recent()])), await cache.recent()];

    expect(new Set(answers).size).toBe(1);
    expect(cache.count()).toBe(1);
  });

  it('does not reuse an old answer after the clock was set back', async () => {
    const hour = 3_600_000;
    jest.useFakeTimers({ now: 100 * hour });
    const cache = startCache();
    await cache.fresh();

    jest.setSystemTime(99 * hour);
    jest.advanceTimersByTime(2 * 60_000);
    await cache.recent();

    expect(cache.count()).toBe(2);
  });
});
