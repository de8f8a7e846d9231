import { describe, expect, it } from '@jest/globals';
import { olderThanRules } from '../../src/cleanup/stale.ts';
import { MINUTE, RULES } from '../doubles/memoryPorts.ts';

describe('the rules for a shorter age', () => {
  it('let the clocks differ by a third of it at most', () => {
    expect(olderThanRules(RULES, 2 * MINUTE)).toMatchObject({ staleAfterMs: 2 * MINUTE, maxClockSkewMs: 40_000 });
    expect(olderThanRules(RULES, 60 * MINUTE)).toMatchObject({ maxClockSkewMs: RULES.maxClockSkewMs });
  });
});
