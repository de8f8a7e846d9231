import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTableProxy } from '../faults/tableProxy.ts';
import { until } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { jsonLines, noTerminal, startCli, startOnTerminal } from './runCli.ts';
import { minutesAgo, startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.cluster.control.clearFaults();
  for (const table of [world.tables.sessions, world.tables.outcomes, world.tables.runs]) {
    for (const { partitionKey = '', rowKey = '' } of await allRows(table))
      await table.deleteEntity(partitionKey, rowKey);
  }
});

const HOSTILE = {
  owner: '\u001b]0;owned\u0007\u202e',
  storeRelativePath: 'a\u009b2J\nb',
  lastError: '\u001b[2Jbroken',
};
/** Apart from the ends of lines. */
const RAW = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n]]/v;

describe('list', () => {
  it('lists by state as the sweep sees it, in a table, as JSON with the same content, or as ids only', async () => {
    const due = { owner: 'me', attempts: 1, nextAttemptAt: minutesAgo(1), lastError: 'locked' };
    const stale = [await world.register(due), await world.register({ lastActivity: minutesAgo(90) })].sort();
    const waiting = await world.register({ attempts: 2, nextAttemptAt: minutesAgo(-9), lastError: 'busy' });
    const givenUp = await world.register({ givenUp: true, ...HOSTILE });
    await world.register({ givenUp: true, lastError: 'no GUID' }, 'no-guid');
    await world.register({ lastActivity: new Date() });

    const [table, all, old, ids, dryRun] = await Promise.all([
      world.run(['list']),
      world.run(['list', '--json', '--limit', '5']),
      world.run(['list', '--state', 'stale', '--older-than', '1h', '--json']),
      world.run(['list', '--state', 'givenUp', '--ids']),
      world.run(['sweep', '--dry-run', '--json']),
    ]);

    const items = jsonLines(all.stdout);
    expect([table.code, items.length]).toEqual([0, 5]);
    const lines = table.stdout.split('\n');
    for (const { sessionId, state } of items) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${sessionId} +${state} `)));
    }
    expect(table.stderr).toContain('6 upload sessions.');
    expect(table.stdout).toMatch(new RegExp(`${waiting} +waiting .*Failed 2 times: busy`));
    expect(table.stdout).toMatch(/ stale +20 min ago +by me +Failed 1 time: locked/);
    expect(jsonLines(old.stdout).map(({ state }) => state)).toEqual(['stale']);
    expect(ids.stdout).toBe(`${givenUp}\n`);
    const planned = (JSON.parse(dryRun.stdout) as { planned: { sessionId: string }[] }).planned;
    expect(planned.map(({ sessionId }) => sessionId).sort()).toEqual(stale);
  });

  it('escapes every text from the table before it reaches the terminal', async () => {
    for (let n = 0; n < 3; n += 1) await world.register({ givenUp: true, ...HOSTILE });
    const [id = ''] = (await allRows(world.tables.sessions)).map(({ rowKey }) => rowKey);

    const answers = await Promise.all([
      world.run(['list']),
      world.run(['list', '--json']),
      world.run(['show', id]),
      world.run(['show', id, '--json']),
    ]);

    for (const { code, stdout } of answers) {
      expect(code).toBe(0);
      expect(stdout).toContain(String.raw`\u001b]0;owned\u0007\u202e`);
      expect(stdout).not.toMatch(RAW);
    }
    expect(jsonLines(answers[1]?.stdout ?? '')[0]).toMatchObject(HOSTILE);
  });

  it('ends without an error when its reader ends', async () => {
    await world.register();
    const started = startCli(['list'], world);
    started.child.stdout.destroy();

    expect(await started.ended).toMatchObject({ code: 0, stderr: '1 upload session.\n' });
  });
});

const onFullDisk = existsSync('/dev/full') ? describe : describe.skip;
onFullDisk('a disk without room for the results', () => {
  it('does not end a command early, and is an error', async () => {
    const ids = [await world.upload(), await world.upload(), await world.upload()];
    const options = { stdoutTo: '/dev/full', env: { SWEEP_CONCURRENCY: '1' } };

    const { code, stderr } = await world.run(['delete', '--yes', ...ids], options);

    expect([code, stderr]).toEqual([1, expect.stringMatching(/^The results could not be written \(ENOSPC\)/)]);
    const outcomes = await allRows(world.tables.outcomes);
    expect(outcomes.map(({ sessionId }) => sessionId).sort()).toEqual(ids.sort());
  });
});

describe('storage that cannot be reached', () => {
  const account = (endpoint: string) =>
    `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;TableEndpoint=${endpoint}/account;`;
  const id = randomUUID();

  it.each([
    ['nothing listens', 'http://127.0.0.1:9', /ECONNREFUSED 127\.0\.0\.1:9/],
    ['the name does not exist', 'http://no-such-host.invalid', /(ENOTFOUND|EAI_AGAIN) no-such-host\.invalid/],
  ])('is reported as such, with exit code 1: %s', async (_, endpoint, cause) => {
    const env = { AzureWebJobsStorage: account(endpoint) };
    const commands = [['list'], ['sweep', '--quiet'], ['register', id]];
    const answers = await Promise.all(commands.map((words) => world.run(words, { env })));

    for (const { code, stdout, stderr } of answers) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/\bStorage unreachable: .* Run `doctor` for details\. $/);
      expect(stderr).toMatch(cause);
    }
  });

  it('is not reported for a wrong table name', async () => {
    const { code, stderr } = await world.run(['list'], { env: { SESSION_TABLE: 'tables' } });

    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Failed: /)]);
  });
});

describe('show', () => {
  it("shows the row, the cluster's view and the history", async () => {
    const id = await world.upload();
    await world.run(['sweep', '--older-than', '1h']);
    await world.run(['delete', '--only-if-stale', id]);
    const later = await world.upload();

    const [gone, json, there] = await Promise.all([
      world.run(['show', id]),
      world.run(['show', later.toUpperCase(), '--json']),
      world.run(['show', later]),
    ]);

    expect(gone.code).toBe(0);
    expect(gone.stdout).toMatch(/Not registered, or already cleaned up/);
    expect(gone.stdout).toMatch(/Not found: expired or deleted before/);
    expect(gone.stdout).toMatch(/Z {2}deleted {3}cli {4}10 B {2}App\/Code\/a.zip/);
    expect(there.stdout).toMatch(/state +stale\n/);
    expect(there.stdout).toMatch(
      /size +20 B, 10 B received\n {2}missing +10 B: bytes 10-19\n {2}last chunk .*20 min ago/,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      sessionId: later,
      registered: { state: 'stale', storeRelativePath: 'App/Code/a.zip' },
      cluster: { answer: 'found', fileSizeBytes: 20, heldBytes: 10, missingRanges: [{ start: 10, end: 19 }] },
      history: { items: [] },
    });
  });

  it('ends with 3 for a session that is not found, and with 1 if the cluster cannot be asked', async () => {
    const id = await world.register();
    await world.cluster.control.setFaults([
      { sessionId: id, answer: { status: 400, code: 'E_BROKEN', message: 'bad \u001b[31m news' } },
    ]);

    const [unknown, failed] = await Promise.all([world.run(['show', randomUUID()]), world.run(['show', id])]);

    expect([unknown.code, unknown.stdout]).toEqual([3, '']);
    expect(unknown.stderr).toMatch(/not found: it is not registered/);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/could not be asked:\n.*E_BROKEN/);
    expect(failed.stdout).not.toMatch(RAW);
  });
});

describe('delete', () => {
  it('names every text that is not a session id before it deletes anything', async () => {
    const id = await world.upload();

    const { code, stderr } = await world.run(['delete', '--yes'], { input: `${id}\nbad\n\n{${id}\n` });

    expect(code).toBe(2);
    expect(stderr).toMatch(/"bad" is not a GUID[^"]*"\{[^}]*" is\s+not a GUID[^"]*Nothing was done/);
    expect(await world.cluster.control.sessions()).toContainEqual(expect.objectContaining({ sessionId: id }));
  });

  it('requires --yes or --only-if-stale without a terminal, and then deletes the named sessions', async () => {
    const [stale, fresh] = [await world.upload(), await world.upload(0)];

    const unasked = await world.run(['delete', fresh]);
    const careful = await world.run(['delete', '--only-if-stale', '--json'], {
      input: `${fresh}\n${stale}\n${stale}\n`,
    });
    const told = await world.run(['delete', '--yes', fresh.toUpperCase(), stale]);

    expect([unasked.code, unasked.stdout]).toEqual([2, '']);
    expect(unasked.stderr).toMatch(/--only-if-stale/);
    expect(careful.code).toBe(3);
    expect(jsonLines(careful.stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sessionId: fresh, outcome: 'active', lastActivity: expect.stringMatching(/Z$/) }),
        expect.objectContaining({ sessionId: stale, outcome: 'deleted', bytes: 10 }),
      ]),
    );
    expect(told.code).toBe(0);
    expect(told.stdout.split('\n').sort()).toEqual(['', `${fresh}  deleted`, `${stale}  notFound`].sort());
    const outcomes = await allRows(world.tables.outcomes);
    expect(outcomes.map(({ trigger }) => trigger)).toEqual(['cli', 'cli', 'cli', 'cli']);
    expect(await allRows(world.tables.sessions)).toEqual([]);
  });

  it('ends with 1 when one could not be deleted, and stops when the cluster refuses the credentials', async () => {
    const ids = Array.from({ length: 3 }, () => randomUUID());
    await world.cluster.control.setFaults([{ sessionId: ids[0] ?? '', answer: { status: 409, code: 'FABRIC_E_X' } }]);
    const failed = await world.run(['delete', '--yes', ...ids]);
    await world.cluster.control.setFaults([{ answer: { status: 403 } }]);
    const refused = await world.run(['delete', '--yes', ...ids], { env: { SWEEP_CONCURRENCY: '1' } });

    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(new RegExp(`${ids[0]} +failed +.*FABRIC_E_X`));
    expect(failed.stdout.match(/notFound/g)).toHaveLength(2);
    expect(refused.code).toBe(1);
    expect(refused.stdout.trim().split('\n')).toHaveLength(1);
    expect(refused.stderr).toMatch(/2 upload sessions not tried.\n.*CLUSTER_AUTH/s);
  });

  it('continues if the storage refuses one outcome, and names that session', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => world.upload()));
    const [unlucky = ''] = ids;
    const tables = /TableEndpoint=(http:\/\/[^/;]+)/.exec(world.env['AzureWebJobsStorage'] ?? '')?.[1] ?? '';
    const proxy = await startTableProxy(tables);
    proxy.refuseKeysWith(`-${unlucky}-`, 'EntityTooLarge');
    const storage = world.env['AzureWebJobsStorage']?.replace(tables, proxy.endpoint) ?? '';
    try {
      const { code, stdout, stderr } = await world.run(['delete', '--yes', ...ids], {
        env: { AzureWebJobsStorage: storage, SWEEP_CONCURRENCY: '1' },
      });

      expect(code).toBe(1);
      expect(stdout.match(/ deleted/g)).toHaveLength(3);
      expect(stderr).toContain(`${unlucky}: the outcome is not recorded.`);
      expect(stderr).not.toContain('not tried');
    } finally {
      await proxy.close();
    }
  });

  it('names what was in flight when a second Ctrl-C stops it at once', async () => {
    const ids = Array.from({ length: 3 }, () => randomUUID() as string);
    await world.cluster.control.setFaults([{ connection: 'noAnswer' }]);
    const started = startCli(['delete', '--yes', ...ids], {
      cwd: world.cwd,
      env: { ...world.env, SWEEP_CONCURRENCY: '2' },
    });
    for (const sessionId of ids.slice(0, 2)) {
      await until(async () => (await world.cluster.control.log({ sessionId }))[0]);
    }
    started.child.kill('SIGINT');
    await started.shows(/Ctrl-C again to stop at once/);
    const again = setInterval(() => started.child.kill('SIGINT'), 200);

    const { code, stdout, stderr } = await started.ended;
    clearInterval(again);

    expect([code, stdout]).toEqual([130, '']);
    for (const id of ids.slice(0, 2))
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`${id}: in flight, so its outcome`);
    expect(stderr).not.toContain(ids[2]);
    expect(stderr).toMatch(/1 upload session not tried\./);
  });

  const onTerminal = noTerminal ? it.skip : it;
  onTerminal(
    `asks on a terminal, and does nothing unless the answer is yes${noTerminal ? ` (${noTerminal})` : ''}`,
    async () => {
      const id = await world.upload(0);
      const answer = async (typed: string) => {
        const started = startOnTerminal(['delete', id], world);
        await started.shows(/Delete\?\s+\[y\/N\]/);
        started.child.stdin.write(typed);
        return started.ended;
      };

      const [no, ended, interrupted] = await Promise.all([answer('\n'), answer('\u0004'), answer('\u0003')]);
      const before = await world.cluster.control.sessions();
      const yes = await answer('y\n');

      expect([no.code, ended.code, interrupted.code]).toEqual([130, 130, 130]);
      expect(no.stdout).toMatch(
        /1 upload session on cluster default .*still\s+receiving\s+chunks\s+is\s+cancelled.*Nothing was done/s,
      );
      expect(before).toContainEqual(expect.objectContaining({ sessionId: id }));
      expect(yes.code).toBe(0);
      expect(yes.stdout).toMatch(/deleted/);
    },
  );
});

describe('register, retry, outcomes and sweeps', () => {
  it('register registers, and takes heartbeats', async () => {
    const id = randomUUID();

    const registered = await world.run(['register', id, '--path', 'a.zip', '--owner', 'me', '--last-activity', '2h']);
    const again = await world.run(['register', id.toUpperCase(), '--last-activity', '3h', '--json']);
    const future = await world.run(['register', id, '--last-activity', '2999-01-01']);

    expect([registered.code, registered.stdout]).toEqual([
      0,
      expect.stringMatching(`^${id} +registered: stale, last activity `),
    ]);
    expect(JSON.parse(again.stdout)).toMatchObject({ sessionId: id, owner: 'me', storeRelativePath: 'a.zip' });
    const [row] = await allRows(world.tables.sessions);
    expect(row?.['lastActivity']).toEqual(
      new Date((JSON.parse(again.stdout) as { lastActivity: string }).lastActivity),
    );
    expect(future).toMatchObject({ code: 2, stderr: expect.stringMatching(/in the future/) });
  });

  it('retry schedules sessions for the next sweep, from a list that is piped in', async () => {
    const id = await world.register({ givenUp: true, attempts: 8 });
    const { stdout: ids } = await world.run(['list', '--state', 'givenUp', '--ids']);

    const retried = await world.run(['retry', '--json'], { input: ids });
    const unknown = await world.run(['retry', randomUUID(), id]);

    expect([retried.code, jsonLines(retried.stdout)]).toEqual([
      0,
      [expect.objectContaining({ sessionId: id, state: 'stale', attempts: 0 })],
    ]);
    expect([unknown.code, unknown.stdout]).toEqual([
      3,
      expect.stringMatching(`^${id}: retry scheduled for the next sweep\n$`),
    ]);
    expect(unknown.stderr).toMatch(/not found: it is not registered/);
  });

  it('outcomes and sweeps report what happened, with the given filters and limit, in tables with the content of the JSON', async () => {
    for (let n = 0; n < 3; n += 1) await world.register();
    await world.cluster.control.setFaults([
      { operation: 'getSession', times: 1, answer: { status: 409, code: 'FABRIC_E_X', message: 'no\u001b[1m' } },
    ]);
    await world.run(['sweep']);
    await world.run(['sweep', '--dry-run']);

    const [all, failed, json, none, runs, run] = await Promise.all([
      world.run(['outcomes']),
      world.run(['outcomes', '--outcome', 'failed', '--json']),
      world.run(['outcomes', '--limit', '2', '--json']),
      world.run(['outcomes', '--until', '1h']),
      world.run(['sweeps', '--since', '1h']),
      world.run(['sweeps', '--limit', '1', '--json']),
    ]);

    expect(all.stdout.match(/notFound +cli/g)).toHaveLength(2);
    expect(all.stdout).toMatch(/failed +cli .*FABRIC_E_X/);
    expect(jsonLines(failed.stdout)).toEqual([expect.objectContaining({ errorCode: 'FABRIC_E_X', httpStatus: 409 })]);
    for (const { sessionId, outcome } of jsonLines(json.stdout)) {
      expect(all.stdout).toMatch(new RegExp(`${sessionId} +${outcome} `));
    }
    expect(jsonLines(json.stdout)).toHaveLength(2);
    expect([none.stdout, none.stderr]).toEqual(['', '0 outcomes.\n']);
    expect(runs.stdout).toMatch(/cli .* completed +dry run: none\n.*cli .*completed +1 failed, 2 notFound\n/);
    expect(jsonLines(run.stdout)).toEqual([expect.objectContaining({ dryRun: true, trigger: 'cli' })]);
  });
});
