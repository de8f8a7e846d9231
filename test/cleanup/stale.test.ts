import { describe, expect, it } from '@jest/globals';
import { lastActivityOf, olderThanRules } from '../../src/cleanup/stale.ts';
import { MINUTE, RULES } from '../doubles/memoryPorts.ts';

describe('the rules for a shorter age', () => {
  it('let the clocks differ by a third of it at most', () => {
    expect(olderThanRules(RULES, 2 * MINUTE)).toMatchObject({ staleAfterMs: 2 * MINUTE, maxClockSkewMs: 40_000 });
    expect(olderThanRules(RULES, 60 * MINUTE)).toMatchObject({ maxClockSkewMs: RULES.maxClockSkewMs });
  });
});

it('reports a lastActivity of a wrong type without characters that a reader does not see', () => {
  const session = { partition: 'farm', rowKey: 'a', etag: '', timestamp: new Date(0), attempts: 0, givenUp: false };
  const odd = { ...session, unreadableLastActivity: '\u202e\u200b1' };

  expect(lastActivityOf(odd, new Date(), RULES).error).toBe('lastActivity is not a DateTime but "\\u202e\\u200b1"');
});
