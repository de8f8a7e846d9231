import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { runNow, startApp, type TestApp, until } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { registerGivenUp, registerStale } from './manyRows.ts';
import { button, DARK_PHONE, focused, hasRead, KEY, notices, readAnew, useBrowser } from './page.ts';

let app: TestApp;
const { inBrowser, visits } = useBrowser(async () => {
  app = await startApp();
  await registerGivenUp(app.tables, 30);
  return app;
});

/** Advances the page's clock by a minute, and waits until the page has polled. */
async function passMinute(page: Page): Promise<void> {
  const answer = page.waitForResponse(/dashboard\/status/);
  await page.clock.runFor(60_100);
  await answer;
  await page.getByText('Reading …').waitFor({ state: 'hidden' });
}

/** The browser's console line about a refused connection. */
const REFUSED = /ERR_CONNECTION_REFUSED/;

inBrowser('a page that stays open', () => {
  it('reads the status every minute and the history every five, and never requests a probe', async () => {
    const { page, asked } = await visits.read(app.url, {}, (opening) => opening.clock.install());
    const polled = (path: string) => asked.filter((one) => one === `GET /api/dashboard/${path}`).length;
    expect([polled('status'), polled('history')]).toEqual([1, 1]);

    for (let minute = 1; minute <= 5; minute += 1) {
      await passMinute(page);
    }
    expect([polled('status'), polled('history')]).toEqual([6, 2]);
    expect((await app.cluster.control.log()).length).toBe(0);
  }, 90_000);

  it('keeps focus, scroll position, open lists, a filter and a page of a table after a refresh', async () => {
    const visited = await visits.read(app.url, {}, (opening) => opening.clock.install());
    const { page } = visited;
    await page.locator('summary', { hasText: '30 sessions' }).click();
    const table = page.getByRole('table', { name: /failed with FABRIC_E_TIMEOUT/ });
    await page.getByRole('searchbox', { name: /FABRIC_E_TIMEOUT/ }).fill('Shop');
    await page
      .getByRole('navigation', { name: /FABRIC_E_TIMEOUT/ })
      .getByRole('button', { name: 'Next' })
      .click();
    await page.getByText('11–20 of 30').waitFor();
    const wanted = table.getByRole('button', { name: /^Retry upload session/ }).last();
    await wanted.focus();
    const before = await focused(visited);
    const scrolled = await page.evaluate(() => window.scrollY);
    expect(scrolled).toBeGreaterThan(100);
    await registerStale(app.tables, 1, { rowKey: '00000000-0000-4000-8000-000000000001' });

    await readAnew(app.url);
    for (let minute = 1; minute <= 6; minute += 1) {
      await passMinute(page);
    }
    await page.locator('.facts').getByText('1 is stale').waitFor();

    expect(await focused(visited)).toBe(before);
    expect(await page.evaluate(() => window.scrollY)).toBe(scrolled);
    expect(await page.getByText('11–20 of 30').isVisible()).toBe(true);
    expect(await page.getByRole('searchbox', { name: /FABRIC_E_TIMEOUT/ }).inputValue()).toBe('Shop');
  }, 90_000);

  it('reports that the key was rejected, and stops polling', async () => {
    const visited = await visits.read(app.url, {}, (opening) => opening.clock.install());
    const { page, asked } = visited;
    await page.route('**/dashboard/status*', (route) => route.fulfill({ status: 401 }));

    await page.clock.runFor(61_000);
    await page.getByRole('heading', { name: 'Key rejected' }).waitFor();
    const before = asked.length;
    await page.clock.runFor(600_000);

    expect(asked.length).toBe(before);
    expect(await page.title()).toMatch(/^Key needed/);
    expect(await page.getByText('Last sweep').count()).toBe(0);
  });

  it('asks for a key if the app rejects it where sessions are counted', async () => {
    const visited = await visits.read(app.url);
    await visited.page.route('**/upload-sessions?*', (route) => route.fulfill({ status: 401 }));

    await button(visited, 'Sweep now').click();

    await visited.page.getByRole('heading', { name: 'Key rejected' }).waitFor();
  });

  it('keeps a key that was given after a call with a revoked one began', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;
    const gate = Promise.withResolvers<void>();
    await page.route('**/api/sweeps', async (route) => {
      await gate.promise;
      await route.fulfill({ status: 401 });
    });
    await button(visited, 'Dry run').click();
    await button(visited, 'Start the dry run').click();
    await page.getByRole('heading', { name: 'Dry run running' }).waitFor();

    const read = page.waitForResponse(/dashboard\/history/);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `code=${KEY}2`);
    await read;
    gate.resolve();

    await page.getByRole('heading', { name: 'Dry run failed' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Key rejected' }).count()).toBe(0);
  });

  it('is unknown if something else answers instead of the app', async () => {
    const { page } = await visits.read(app.url, {}, (opening) => opening.clock.install());
    for (const body of ['{}', '<html>Sign in</html>', 'null']) {
      await page.route('**/dashboard/status*', (route) => route.fulfill({ status: 200, body }));
      await page.clock.runFor(61_000);
      await page.getByText('The answer is not this app’s').waitFor();
      await page.unroute('**/dashboard/status*');
      await page.clock.runFor(61_000);
      await page.getByText('The answer is not this app’s').waitFor({ state: 'hidden' });
    }
  });

  it.each<[string, (status: Record<string, unknown>) => object]>([
    ['misses members', ({ parts, lastSweep, ...rest }) => rest],
    ['has another level', (status) => ({ ...status, verdict: { level: 'odd' } })],
    ['has no time', ({ readAt, ...rest }) => rest],
  ])(
    'does not stay well if the answer of an app of another version %s',
    async (_, change) => {
      const visited = await visits.read(app.url, {}, (opening) => opening.clock.install());
      const { page } = visited;
      await page.route('**/dashboard/status*', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ json: change((await answer.json()) as Record<string, unknown>) });
      });

      await page.clock.runFor(61_000);
      await page.getByRole('heading', { name: 'Unknown', exact: true }).waitFor();

      expect(await page.title()).toMatch(/^Unknown/);
      expect(await page.locator('.verdict').getAttribute('class')).toContain('unknown');
      await page.unrouteAll({ behavior: 'wait' });
      await button(visited, 'Reload the page').click();
      await hasRead(visited);
    },
    60_000,
  );

  it('reads a key and a session from its address while it is open', async () => {
    const { page } = await visits.read(app.url);
    const [row] = await allRows(app.tables.sessions);

    await page.evaluate((hash) => {
      location.hash = hash;
    }, `code=${KEY}2&session=${row?.rowKey}`);

    await page
      .getByRole('dialog', { name: 'Upload session' })
      .getByText(String(row?.['storeRelativePath']))
      .first()
      .waitFor();
    expect(page.url()).toBe(`${app.url}/api/dashboard#session=${row?.rowKey}`);
    expect(await page.evaluate(() => Object.values(sessionStorage))).toEqual([`${KEY}2`]);
  });

  it('says that a session is unknown, or is not one', async () => {
    for (const [hash, words] of [
      ['session=6f9619ff-8b86-d011-b42d-00c04fc964ff', /not found/],
      ['session=%3Cb%3Enone', /“<b>none”/],
    ] as const) {
      const { page } = await visits.open(`${app.url}/api/dashboard#${hash}`);
      await page.getByRole('dialog').getByText(words).first().waitFor();
    }
  });
});

inBrowser('a page whose app has died', () => {
  it('ends in "unknown" within minutes, and is still that after eight hours', async () => {
    const mortal = await visits.startApp();
    const visited = await visits.read(mortal.url, {}, (opening) => opening.clock.install());
    const { page } = visited;
    const since = /Unknown since \d\d:\d\d/;
    expect(await page.title()).not.toMatch(since);

    await mortal.host.stop();
    await page.clock.runFor(61_000);
    await page.getByRole('heading', { name: since }).waitFor();
    expect(await page.title()).toMatch(since);
    const first = await page.title();
    await page.clock.fastForward('08:00:00');
    await page.getByText('Data from 8 h ago').waitFor();

    expect(await page.title()).toBe(first);
    expect(await page.getByText('All is well').count()).toBe(0);
    expect(await page.locator('.verdict').getAttribute('class')).toContain('unknown');
    expect(await visited.axe()).toEqual([]);
    expect(visited.errors.splice(0).filter((error) => !REFUSED.test(error))).toEqual([]);
  }, 60_000);

  it('is reported in a hidden tab, where it does not poll', async () => {
    const visited = await visits.read(app.url, {}, (opening) => opening.clock.install());
    const { page, asked } = visited;
    await page.evaluate(() =>
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true }),
    );
    const before = asked.length;

    await page.clock.runFor(600_000);

    expect(asked.length).toBe(before);
    expect(await page.title()).toMatch(/^Unknown since/);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.waitForFunction(() => !document.title.startsWith('Unknown'));
  });
});

inBrowser('30 sessions that failed for one cause', () => {
  it('are one entry, and can be retried with one button', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;

    expect(await page.locator('.causes > li').count()).toBe(1);
    expect(await page.locator('.causes > li').innerText()).toMatch(
      /timed out on the cluster.*30 given up.*FABRIC_E_TIMEOUT.*504/s,
    );
    await button(visited, /^Retry all 30/).click();
    await notices(visited).getByText('30 sessions: retry scheduled for the next sweep').waitFor();
    await page.locator('.causes').waitFor({ state: 'detached' });

    const left = (await allRows(app.tables.sessions)).filter((row) => row['givenUp'] === true);
    expect(left).toEqual([]);
  }, 60_000);
});

inBrowser('a sweep that was fanned out', () => {
  it('is one line, whose parts are read when it is opened, and stay after a refresh', async () => {
    const shared = await visits.startApp({
      ...{ SWEEP_FAN_OUT: 'true', SESSION_SHARDS: '16', SWEEP_QUEUE: `page-${randomUUID()}` },
      AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.2',
    });
    await registerStale(shared.tables, 1, { partitionKey: 'default~f' });
    await shared.tables.runs.createTable();
    await runNow(shared.url, 'sweepStaleSessions');
    const ended = async () => (await allRows(shared.tables.runs)).length === 17 || undefined;
    await until(ended, 30_000);
    const { page, asked } = await visits.read(shared.url, {}, (opening) => opening.clock.install());
    const sweeps = page.getByRole('table', { name: /^Sweeps of the last/ });

    expect(await sweeps.getByRole('row').count()).toBe(2);
    expect(asked.filter((one) => one.includes('/api/sweeps/'))).toEqual([]);
    await page.locator('summary', { hasText: '16 of 16 parts ended' }).click();
    const parts = page.getByRole('table', { name: 'The parts of the sweep' });
    await parts.waitFor();
    expect(await parts.getByRole('row').count()).toBe(17);
    expect(await parts.innerText()).toMatch(/default~f\s+completed\s+1 not found/i);

    for (let minute = 1; minute <= 5; minute += 1) await passMinute(page);
    expect(await parts.isVisible()).toBe(true);
    expect(asked.filter((one) => one.includes('/api/sweeps/'))).toHaveLength(1);
  }, 120_000);
});

inBrowser('6,000 stale sessions', () => {
  let many: TestApp;
  beforeAll(async () => {
    many = await startApp();
    await registerStale(many.tables, 6000);
  });
  afterAll(() => many?.close());

  it('are counted up to the page’s limit, and can be paged, sorted and filtered to the last one', async () => {
    const visited = await visits.read(many.url);
    const { page } = visited;

    expect(await page.locator('.tile.stale .value').innerText()).toBe('at least 5,000');
    await page.getByRole('radio', { name: 'Stale' }).check();
    await page.getByText('1–25 of 6,000').waitFor();
    const table = page.getByRole('table', { name: 'Stale sessions' });
    expect(await table.getByRole('row').count()).toBe(26);
    // The oldest first: the last one was registered with the oldest activity.
    expect(await table.getByRole('row').nth(1).innerText()).toContain('part-5999.zip');
    await table.getByRole('button', { name: 'Last activity' }).click();
    await table.getByRole('button', { name: 'Last activity' }).click();
    expect(await table.getByRole('row').nth(1).innerText()).toContain('part-0.zip');
    await page.getByRole('searchbox', { name: /Stale sessions/ }).fill('part-4321.');
    await page.getByText('part-4321.zip').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
    expect(await visited.axe()).toEqual([]);
  }, 60_000);

  it('are a summary and a few pages in a dry run, also on a phone', async () => {
    const visited = await visits.read(many.url, DARK_PHONE);
    const { page } = visited;

    await button(visited, 'Dry run').click();
    await page.getByRole('dialog').getByText('6,000 stale upload sessions').waitFor();
    await button(visited, 'Start the dry run').click();
    await page.getByRole('heading', { name: 'Dry run running' }).waitFor();
    await page.getByRole('heading', { name: 'Dry run ended' }).waitFor({ timeout: 90_000 });

    expect(await page.locator('#job').innerText()).toMatch(/6,000 not found.*1–10 of 1,000.*5,000 more are left out/s);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(12_000);
    expect(await visited.overflow()).toBeLessThanOrEqual(0);
    await hasRead(visited);
  }, 120_000);
});
