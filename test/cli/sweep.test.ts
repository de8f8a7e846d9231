import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/app.ts';
import { allRows, writeRows } from '../support/tables.ts';
import { noTerminal, type Started, startCli, startOnTerminal } from './runCli.ts';
import { minutesAgo, startWorld, type World } from './world.ts';

const ESCAPE = '\u001b';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.cluster.control.clearFaults();
  await world.cluster.control.failOver();
  for (const table of [world.tables.sessions, world.tables.outcomes, world.tables.runs]) {
    for (const { partitionKey = '', rowKey = '' } of await allRows(table))
      await table.deleteEntity(partitionKey, rowKey);
  }
});

/** Many stale rows, at a cluster that takes its time for each. */
async function slowly(count: number, latencyMs: number): Promise<void> {
  await world.cluster.control.setFaults([{ latencyMs }]);
  const row = () => ({ partitionKey: 'default', rowKey: randomUUID() as string, lastActivity: minutesAgo(20) });
  await writeRows(world.tables.sessions, Array.from({ length: count }, row));
}

const runs = () => allRows(world.tables.runs);

describe('sweep, piped', () => {
  it('sweeps the partition of an earlier number of shards in an app that is fanned out', async () => {
    const id = await world.upload();

    const env = { SWEEP_FAN_OUT: 'true' };
    const present = await world.run(['list', '--ids'], { env: { ...env, SESSION_SHARDS: '16' } });
    const { code } = await world.run(['sweep'], { env: { ...env, SESSION_SHARDS: '1' } });

    expect([present.stdout, code]).toEqual(['', 0]);
    expect(await allRows(world.tables.outcomes)).toEqual([
      expect.objectContaining({ sessionId: id, outcome: 'deleted' }),
    ]);
    expect(await allRows(world.tables.sessions)).toEqual([]);
  });

  it('sweeps, and reports how it ended, failures first', async () => {
    const id = await world.upload();
    await world.register();
    await world.register({}, 'no-guid');

    const { code, stdout, stderr } = await world.run(['sweep', '--limit', '3']);

    expect(stdout).toMatch(/^Sweep ended: completed, after [\d.]+ m?s\.\n/);
    expect(stdout).toMatch(
      / 1 {2}invalid .*\n +1 {2}deleted .*\n +1 {2}notFound .*\n +1 × .*\(no-guid\)\n3 rows read, 10 B freed\. Run /,
    );
    expect(stderr).toMatch(/^Sweep on cluster default \(http:.*no-guid: /s);
    // A row that is no session id is a failure that a person has to look at.
    expect(code).toBe(1);
    expect(await world.cluster.control.sessions()).not.toContainEqual(expect.objectContaining({ sessionId: id }));
    expect(await runs()).toEqual([expect.objectContaining({ trigger: 'cli', stoppedBy: 'completed', dryRun: false })]);
  });

  it('reports in a dry run what would happen to each session and why, and changes nothing', async () => {
    const id = await world.upload();
    const rows = await allRows(world.tables.sessions);

    const [text, json, bySetting] = await Promise.all([
      world.run(['sweep', '--dry-run']),
      world.run(['sweep', '--dry-run', '--json']),
      world.run(['sweep'], { env: { SWEEP_DRY_RUN: 'true' } }),
    ]);

    for (const { code, stdout } of [text, bySetting]) {
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`\\n${id} {2}wouldDelete +10 B {2}App/Code/a.zip +Its last chunk arrived at `));
      expect(stdout).toMatch(/Dry run ended: completed.*10 B would be freed/s);
    }
    expect(bySetting.stderr).toMatch(/SWEEP_DRY_RUN is true, so nothing is deleted/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      dryRun: true,
      bytesToFree: 10,
      outcomes: { wouldDelete: 1 },
      planned: [{ sessionId: id, outcome: 'wouldDelete', row: 'removed', bytes: 10 }],
    });
    expect(await allRows(world.tables.sessions)).toEqual(rows);
    expect(await world.cluster.control.sessions()).toHaveLength(1);

    const told = await world.run(['sweep', '--no-dry-run', '--json', '--quiet'], { env: { SWEEP_DRY_RUN: 'true' } });

    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(told.stdout)).toMatchObject({ dryRun: false, outcomes: { deleted: 1 }, bytesFreed: 10 });
    expect(JSON.parse(told.stdout)).not.toHaveProperty('planned');
  });

  it('requires a confirmation below STALE_AFTER, and shows how many sessions are concerned', async () => {
    const id = await world.register({ lastActivity: minutesAgo(5) });

    const sooner = await world.run(['sweep', '--older-than', '2m']);
    const before = await allRows(world.tables.sessions);
    const told = await world.run(['sweep', '--older-than', '2m', '--below-stale-after']);

    expect([sooner.code, told.code]).toEqual([2, 0]);
    expect(sooner.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /less than STALE_AFTER .* 1 session is stale by this rule.*--below-stale-after/,
    );
    expect(before).toEqual([expect.objectContaining({ rowKey: id })]);
    expect(told.stdout).toMatch(/1 {2}notFound/);
  });

  it.each([
    ['accessDenied', { status: 403 }, /CLUSTER_AUTH/],
    ['clusterUnavailable', { status: 503, code: 'FABRIC_E_NOT_PRIMARY', message: '\u001b[2J' }, /CLUSTER_ENDPOINTS/],
  ])('ends with 1 and advice when it is stopped: %s', async (stoppedBy, answer, advice) => {
    for (let n = 0; n < 6; n += 1) await world.register();
    await world.cluster.control.setFaults([{ answer }]);

    const { code, stdout, stderr } = await world.run(['sweep']);

    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^Sweep ended: ${stoppedBy}`));
    expect(stdout).toMatch(advice);
    expect(stdout + stderr).not.toContain(ESCAPE);
  });

  it('groups failures that differ only in their session, the most frequent first, and shows each cause once while it runs', async () => {
    const locked = await Promise.all(Array.from({ length: 30 }, () => world.register()));
    const broken = await world.register();
    const fault = (sessionId: string, status: number, code: string, message: string) => ({
      sessionId,
      answer: { status, code, message },
    });
    await world.cluster.control.setFaults([
      ...locked.map((id) => fault(id, 409, 'FABRIC_E_LOCKED', `Session ${id} is locked.`)),
      fault(broken, 400, 'FABRIC_E_BROKEN', 'Its file is broken.'),
    ]);

    const { code, stdout, stderr } = await world.run(['sweep']);

    expect(code).toBe(1);
    const groups = stdout.split('\n').filter((line) => line.includes(' × '));
    expect(groups).toEqual([
      expect.stringMatching(/^ +30 × {2}409 FABRIC_E_LOCKED: .* is locked\. \(first: [0-9a-f-]{36}\)$/),
      expect.stringMatching(new RegExp(`^ +1 × {2}400 FABRIC_E_BROKEN: .*Its file is broken\\. \\(${broken}\\)$`)),
    ]);
    expect(stderr.match(/FABRIC_E_LOCKED/g)).toHaveLength(1);
    expect(await allRows(world.tables.outcomes)).toHaveLength(31);
  });

  it('prints a line of progress from time to time, without a bar, and ends on SIGTERM with its summary', async () => {
    await slowly(200, 100);
    const started = startCli(['sweep'], { ...world, env: { ...world.env, SWEEP_CONCURRENCY: '1' } });
    await started.shows(/\d+ sessions? of 200 done after 2 s\n/);
    started.child.kill('SIGTERM');

    const { code, stdout, stderr } = await started.ended;

    expect(code).toBe(130);
    expect(stdout).toMatch(/^Sweep ended: aborted.*What was in flight is recorded/s);
    expect(stdout + stderr).not.toMatch(/[\p{Cc}--[\n]]/v);
    const [run] = await runs();
    expect(run).toMatchObject({ stoppedBy: 'aborted', trigger: 'cli' });
    expect(await allRows(world.tables.outcomes)).toHaveLength(Number(run?.['notFound']));
    expect(await allRows(world.tables.sessions)).toHaveLength(200 - Number(run?.['notFound']));
  });

  it('continues to its end when its reader ends', async () => {
    for (let n = 0; n < 3; n += 1) await world.register();
    const started = startCli(['sweep'], world);
    started.child.stdout.destroy();
    started.child.stderr.destroy();

    const { code } = await started.ended;

    expect(code).toBe(0);
    expect(await runs()).toEqual([expect.objectContaining({ stoppedBy: 'completed', notFound: 3 })]);
  });
});

const onTerminal = noTerminal ? describe.skip : describe;
onTerminal(`sweep, on a terminal${noTerminal ? ` (${noTerminal})` : ''}`, () => {
  const start = (env: Record<string, string> = {}): Started =>
    startOnTerminal(['sweep'], { ...world, env: { ...world.env, SWEEP_CONCURRENCY: '2', ...env } });

  it('shows a bar with rate and time left, and clears it for the summary', async () => {
    await slowly(40, 50);

    const { code, stdout } = await start().ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/\[=+ +\] +\d+% +\d+\/40 sessions {2}[\d.]+\/s {2}\d+ s left/);
    expect(stdout).toContain(`${ESCAPE}[0J${ESCAPE}[1mSweep ended: completed`);
    // No terminal is left without a cursor or with lines that do not wrap.
    for (const left of ['?25l', '?7l']) expect(stdout).not.toContain(`${ESCAPE}[${left}`);
  });

  it('ends on Ctrl-C with its summary, and uses no colors with NO_COLOR', async () => {
    await slowly(100, 100);
    const started = start({ NO_COLOR: '1' });
    await started.shows(/ [1-9]\d*\/100 sessions/);
    started.child.stdin.write('\u0003');

    const { code, stdout } = await started.ended;

    expect(code).toBe(130);
    expect(stdout).toMatch(/Ctrl-C again to stop at once/);
    expect(stdout).toContain(`${ESCAPE}[0JSweep ended: aborted`);
    expect(stdout).not.toMatch(/\p{Cc}\[\d*m/u);
    expect(await runs()).toEqual([expect.objectContaining({ stoppedBy: 'aborted' })]);
  });

  it('records what is in flight when its terminal goes away', async () => {
    await slowly(100, 100);
    const started = start();
    await started.shows(/ [1-9]\d*\/100 sessions/);
    started.child.kill('SIGKILL');
    await started.ended;

    const [run] = await until(async () => ((await runs()).length > 0 ? runs() : undefined));

    expect(run).toMatchObject({ stoppedBy: 'aborted' });
    expect(await allRows(world.tables.outcomes)).toHaveLength(Number(run?.['notFound']));
  });

  it('ends at once on a second Ctrl-C', async () => {
    await slowly(10, 0);
    await world.cluster.control.setFaults([{ connection: 'noAnswer' }]);
    const started = start();
    await started.shows(/0\/10 sessions/);
    started.child.stdin.write('\u0003');
    await started.shows(/Ctrl-C again to stop at once/);
    // Twice within half a second is one key press, forwarded by npm.
    const again = setInterval(() => started.child.stdin.write('\u0003'), 200);

    const { code, stdout } = await started.ended;
    clearInterval(again);

    expect(code).toBe(130);
    expect(stdout).not.toMatch(/Sweep ended/);
    expect(await runs()).toEqual([]);
  });
});
