import { describe, expect, it } from '@jest/globals';
import { noOutcomes } from '../../../src/cleanup/model/outcomeKind.ts';
import { chart } from '../../../src/functions/dashboard/chart.ts';
import type { DayTally } from '../../../src/health/overview/tallyDays.ts';

const day = (n: number, outcomes: Partial<DayTally['outcomes']>, bytesFreed = 0): DayTally => ({
  day: new Date(Date.UTC(2026, 10, n)),
  outcomes: { ...noOutcomes(), ...outcomes },
  bytesFreed,
});

const heights = (markup: string, kind: string) =>
  [...markup.matchAll(new RegExp(`<rect class="${kind}" x="[^"]+" y="[^"]+" width="7" height="([^"]+)"`, 'g'))].map(
    ([, height]) => Number(height),
  );

describe('the chart of outcomes', () => {
  it('stacks bars to a common scale, and shows one failure beside a million deletes', () => {
    const markup = String(chart([day(1, { deleted: 500_000 }), day(2, { deleted: 1_000_000, failed: 1 })], false));

    expect(heights(markup, 'deleted')).toEqual([50, 100].map((height) => height * (1_000_000 / 2_000_000)));
    expect(heights(markup, 'failed')[0]).toBeGreaterThan(1);
    expect(markup).toContain('2,000,000');
  });

  it('says in words and in a table what it draws', () => {
    const markup = String(chart([day(1, { deleted: 3, failed: 2 }, 5 * 1024 ** 2)], false));

    expect(markup).toMatch(/5\.0 MiB<\/strong> freed.*5 cleanups: 3 deleted, 2 failed\./s);
    expect(markup).toMatch(/<th role="rowheader"[^>]*><time datetime="2026-11-01">Nov 1<\/time><\/th>/);
    expect(markup).not.toContain('Not all was read');
  });

  it('says that there was nothing, and that something was left out', () => {
    const markup = String(chart([day(1, {}), day(2, {})], true));

    expect(markup).toContain('No session was cleaned up');
    expect(markup).toContain('Not all was read');
    expect(markup).not.toContain('<rect');
  });

  it('does not break with a bar of more than its scale can hold', () => {
    const many = { deleted: 1, notFound: 10_000, active: 1, failed: 1, invalid: 1 };

    const markup = String(chart([day(1, many)], false));

    for (const [, y] of markup.matchAll(/ y="([^"]+)"/g)) expect(Number(y)).toBeGreaterThanOrEqual(0);
  });
});
