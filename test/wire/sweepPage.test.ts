import { describe, expect, it } from '@jest/globals';
import { PositionError } from '../../src/storage/position.ts';
import { sweepPage } from '../../src/wire/sweepPage.ts';
import { aRun, type RunColumns } from '../doubles/runRecord.ts';
import { testTables } from '../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Within what is kept, whatever the time. */
const NOON = new Date(Math.floor(Date.now() / HOUR) * HOUR - 24 * HOUR);
const at = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE);

/** A table with these runs, in the order in which a test names them. */
async function recorded(...runs: RunColumns[]) {
  const { storage } = testTables();
  for (const run of runs) await storage.recordRun({ ...aRun(run), clusterName: 'farm' });
  return { storage, settings: { cluster: { name: 'farm' }, outcomeRetentionMs: 7 * 24 * HOUR } };
}
type Source = Awaited<ReturnType<typeof recorded>>;

const whole = (runId: string, minute: number): RunColumns => ({ runId, startedAt: at(minute), scanned: 1 });
const beginning = (runId: string, minute: number): RunColumns => ({
  runId,
  startedAt: at(minute),
  parts: 2,
  stoppedBy: 'fannedOut',
});
const part = (sweepId: string, partition: string, minute: number): RunColumns => ({
  runId: `${sweepId}-${partition}-${minute}`,
  sweepId,
  partition,
  startedAt: at(minute),
  scanned: 10,
  outcomes: { deleted: 1 },
});

/** All pages of a number of sweeps: each sweep's id and how many runs it has. */
async function pages(source: Source, limit: number, span = {}) {
  const found: [string, number][][] = [];
  let after: string | undefined;
  do {
    const page = await sweepPage(source, span, limit, after);
    found.push(page.items.map(({ sweepId, runs }) => [sweepId, runs.length]));
    after = page.next;
  } while (after !== undefined && found.length < 20);
  return found;
}

describe('a page of sweeps', () => {
  it('has the sums of the parts of a fanned-out sweep', async () => {
    const source = await recorded(beginning('a', 0), part('a', '0', 1), part('a', '1', 2));

    const { items, next } = await sweepPage(source, {}, 10);

    expect(items).toMatchObject([
      {
        sweepId: 'a',
        startedAt: NOON.toISOString(),
        parts: { expected: 2, ended: 2, completed: 2 },
        scanned: 20,
        outcomes: { deleted: 2 },
      },
    ]);
    expect(next).toBeUndefined();
  });

  it.each([1, 2, 3, 10])(
    'of %i neither splits a sweep whose parts run among others, nor lists it twice',
    async (limit) => {
      const source = await recorded(
        ...[whole('w', -5), beginning('a', 0), part('a', '0', 1), beginning('b', 5), part('b', '0', 6)],
        // Late, and by a clock that is behind.
        ...[part('a', '1', 12), part('b', '1', 4), whole('c', 10), whole('d', 10), part('a', '0', 200)],
      );

      const found = await pages(source, limit);

      expect(found.flat()).toEqual([
        ['c', 1],
        ['d', 1],
        ['b', 3],
        ['a', 4],
        ['w', 1],
      ]);
      expect(found.every(({ length }) => length <= limit)).toBe(true);
      expect(found).toHaveLength(Math.ceil(5 / limit));
    },
  );

  it.each([1, 2, 10])('of %i has a sweep whose first run is missing where its oldest run is', async (limit) => {
    const source = await recorded(
      ...[whole('w', -5), part('lost', '0', 1), beginning('b', 5), part('b', '0', 6), part('lost', '1', 500)],
      ...[whole('c', 10), part('late', '0', 700), beginning('late', -10)],
    );

    const ids = (await pages(source, limit)).flat().map(([id]) => id);

    expect(ids).toEqual(['c', 'b', 'lost', 'w', 'late']);
  });

  it('has sweeps that began in a time, both ends included, whenever their parts ran', async () => {
    const source = await recorded(
      ...[beginning('before', -1), part('before', '0', 3), part('before', '1', 3)],
      ...[beginning('a', 0), part('a', '0', 1), part('a', '1', 30), whole('b', 5), whole('later', 5.001)],
    );

    const found = await pages(source, 10, { since: at(0), until: at(5) });

    expect(found).toEqual([
      [
        ['b', 1],
        ['a', 3],
      ],
    ]);
  });

  it('lists and goes on behind a sweep with an id that is too long for a query', async () => {
    const id = 'x'.repeat(9000);
    const source = await recorded(whole('a', 0), { ...whole('r', 1), sweepId: id });

    const { items, next } = await sweepPage(source, {}, 1);
    const second = await sweepPage(source, {}, 1, next);

    expect(items).toMatchObject([{ sweepId: id }]);
    expect(next?.length).toBeLessThan(200);
    expect(second.items).toMatchObject([{ sweepId: 'a' }]);
  });

  it.each(['nonsense', '["soon","a"]', '[1,"a"]'])('refuses the position %s', async (position) => {
    await expect(sweepPage(await recorded(), {}, 1, position)).rejects.toThrow(PositionError);
  });
});
