import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { noOutcomes } from '../../src/cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import { allRows } from '../support/tables.ts';
import { noTerminal, startOnTerminal } from './runCli.ts';
import { minutesAgo, startWorld, type World } from './world.ts';

let world: World;
const RED = '\u001b[31m';

beforeAll(async () => {
  world = await startWorld();
  const facts = { durationMs: 1200, scanned: 4, stale: 4, bytesFreed: 2048, dryRun: false, clusterName: 'default' };
  const record = (run: Pick<RunRecord, 'runId' | 'trigger' | 'startedAt' | 'stoppedBy'> & Partial<RunRecord>) =>
    world.tables.storage.recordRun({ ...facts, sweepId: 'begin', outcomes: noOutcomes(), ...run });
  await record({ runId: 'begin', trigger: 'timer', startedAt: minutesAgo(9), stoppedBy: 'fannedOut', parts: 2 });
  const outcomes = { ...noOutcomes(), deleted: 3, failed: 1, invalid: 1 };
  for (const partition of ['default~0', 'default~1']) {
    await record({
      runId: partition,
      trigger: 'queue',
      startedAt: minutesAgo(8),
      stoppedBy: 'completed',
      partition,
      outcomes,
    });
  }
  await world.register({
    givenUp: true,
    attempts: 8,
    storeRelativePath: `應用程式/${'a-long-path/'.repeat(12)}`,
    lastError: `The cluster refuses it: ${'one word after another '.repeat(8)}the end.`,
  });
});
afterAll(() => world?.close());

const onTerminal = noTerminal ? describe.skip : describe;
onTerminal(`tables on a terminal${noTerminal ? ` (${noTerminal})` : ''}`, () => {
  it.each([60, 80, 120])('fit %i columns and cut nothing off', async (columns) => {
    const sweeps = await startOnTerminal(['sweeps'], { ...world, columns }).ended;
    const list = await startOnTerminal(['list'], { ...world, columns }).ended;

    for (const { code, stdout } of [sweeps, list]) {
      expect(code).toBe(0);
      for (const line of stripVTControlCharacters(stdout).split(/\r?\n/))
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(stdout).not.toContain('…');
    }
    const plain = stripVTControlCharacters(sweeps.stdout).replaceAll(/\s+/g, ' ');
    expect(plain).toMatch(/timer .*completed 2 parts: 2 failed, 2 invalid, 6 deleted, 6\.0 KiB freed 1 sweep\./);
    expect(sweeps.stdout).toContain(`${RED}2 failed`);
    expect(list.stdout.replaceAll(/\s+/g, ' ')).toContain('the end.');
  });

  it('uses no colors with NO_COLOR, and opens a sweep with --parts', async () => {
    const { stdout } = await startOnTerminal(['sweeps', '--parts'], { ...world, env: { ...world.env, NO_COLOR: '1' } })
      .ended;

    expect(stdout).not.toContain('\u001b');
    expect(stdout.match(/ part .* completed/g)).toHaveLength(2);
    expect(stdout).toMatch(/default~1: 1 failed, 1\s+invalid/);
  });
});

describe('formats and session ids', () => {
  it('prints a list as one JSON document, or as one a line, with the parts of each sweep', async () => {
    const [json, lines] = await Promise.all([
      world.run(['sweeps', '-o', 'json']),
      world.run(['sweeps', '-o', 'jsonl']),
    ]);

    const [sweep] = JSON.parse(json.stdout) as { parts: unknown; runs: unknown[] }[];
    expect(sweep?.parts).toEqual({ expected: 2, ended: 2, completed: 2 });
    expect(sweep?.runs).toHaveLength(3);
    expect(JSON.parse(lines.stdout)).toEqual(sweep);
  });

  it('registers many sessions from standard input, in braces too, and nothing in a dry run', async () => {
    const ids = [randomUUID(), randomUUID()];
    const input = `{${ids[0]?.toUpperCase()}}\n${ids[1]}\n${ids[1]}\n`;
    const words = ['register', '-', '--owner', 'build-1', '--last-activity', '1h'];

    const dry = await world.run([...words, '--dry-run'], { input });
    const unknown = await world.run(['show', ids[0] ?? '']);
    const done = await world.run(words, { input });

    expect([dry.code, unknown.code, done.code]).toEqual([0, 3, 0]);
    expect(dry.stdout.match(/would be registered/g)).toHaveLength(2);
    expect(done.stderr).toBe('2 upload sessions registered, 0 updated.\n');
  });

  it.each([[['delete']], [['delete', '-']], [['retry']], [['register', '-']]])(
    'says that an empty standard input is no work, and ends with 0: %j',
    async (words) => {
      const empty = await world.run(words, { input: '\n \n' });

      expect(empty).toEqual({ code: 0, stdout: '', stderr: 'No session ids on standard input: nothing to do.\n' });
    },
  );

  it('registers at most 10,000 sessions at once, and none of a longer list', async () => {
    const before = await allRows(world.tables.sessions);
    const input = Array.from({ length: 10_001 }, () => randomUUID()).join('\n');

    const { code, stdout, stderr } = await world.run(['register', '-'], { input });

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toBe(
      '10,001 session ids are too many: the maximum is 10,000. Nothing was done. ',
    );
    expect(await allRows(world.tables.sessions)).toEqual(before);
  });

  it('takes session ids in braces and in upper case', async () => {
    const id = await world.register({ givenUp: true });
    const pasted = `{${id.toUpperCase()}}`;

    const answers = [
      await world.run(['retry', pasted, '--json']),
      await world.run(['show', pasted, '--json']),
      await world.run(['delete', '--only-if-stale', pasted, '--json']),
      await world.run(['outcomes', '--session', pasted, '--json']),
    ];

    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    for (const { stdout } of answers) expect(JSON.parse(stdout)).toMatchObject({ sessionId: id });
  });

  it('sweeps the sessions of one owner', async () => {
    const [theirs, ours] = [await world.register({ owner: 'build-2' }), await world.register({ owner: 'build-3' })];

    const { stdout } = await world.run(['sweep', '--owner', 'build-3', '--dry-run', '--json']);

    expect((JSON.parse(stdout) as { planned: unknown[] }).planned).toEqual([
      expect.objectContaining({ sessionId: ours }),
    ]);
    expect(theirs).not.toBe(ours);
  });
});
