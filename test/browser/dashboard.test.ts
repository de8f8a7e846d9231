import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { bundle } from './bundle.ts';
import { GIVEN_UP, idOf, liveThroughBusyWeeks, STALE } from './busyWeeks.ts';
import { HOSTILE_KEY, writeHostileRows } from './hostileRows.ts';
import {
  button,
  DARK,
  DARK_PHONE,
  expectGood,
  FORCED,
  focused,
  hasRead,
  KEY,
  LIGHT,
  notices,
  PHONE,
  readAnew,
  unfold,
  useBrowser,
} from './page.ts';

let app: TestApp;
const { inBrowser, visits } = useBrowser(async () => {
  app = await startApp({ FUNCTIONS_HOST_KEY: KEY }, {}, ['--enable-auth']);
  return app;
});

inBrowser('the page of an app that has done nothing yet', () => {
  it('names the time of the first sweep, has no warnings that only mean that the app is new, and is accessible', async () => {
    for (const look of [LIGHT, DARK_PHONE]) {
      const visited = await visits.read(app.url, look);
      const text = await visited.page.locator('main').innerText();
      expect(await visited.page.title()).toBe('All is well · default');
      for (const words of [
        /First sweep\s+at \d{4}-01-01 00:00/i,
        /No upload session is registered/,
        /No sweep in the last 14 days/,
        /No session was cleaned up/,
      ]) {
        expect(text).toMatch(words);
      }
      expect(await visited.axe()).toEqual([]);
      expect(await visited.overflow()).toBeLessThanOrEqual(0);
    }
  });

  it('is shown at once, and says what it waits for', async () => {
    const gate = Promise.withResolvers<void>();
    const waiting = [];
    for (const look of [LIGHT, DARK]) {
      const visited = await visits.open(
        `${app.url}/api/dashboard#code=${KEY}`,
        { ...look, reducedMotion: 'reduce' },
        (page) =>
          page.route('**/dashboard/status', async (route) => {
            await gate.promise;
            await route.continue();
          }),
      );
      waiting.push(visited);

      await visited.page.getByRole('heading', { name: /Reading the tables/ }).waitFor();
      expect(await visited.axe()).toEqual([]);
      const moving = visited.page.locator('.skeleton i').first();
      expect(await moving.evaluate((bone) => getComputedStyle(bone).animationName)).toBe('none');
    }

    gate.resolve();
    for (const visited of waiting) {
      await hasRead(visited);
      expect(await visited.page.getByText('Reading the tables').count()).toBe(0);
    }
  });
});

inBrowser('the key', () => {
  it.each(['?code=', '#code='])(
    'is removed from the address after %s, kept for this tab only, and can be forgotten',
    async (by) => {
      const visited = await visits.open(`${app.url}/api/dashboard${by}${KEY}`);
      const { page } = visited;
      await hasRead(visited);

      expect(page.url()).toBe(`${app.url}/api/dashboard`);
      expect(await page.content()).not.toContain(KEY);
      await page.reload();
      await hasRead(visited);
      expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);

      await button(visited, 'Forget the key').click();
      await page.locator('#code').waitFor();
      expect(await page.locator('main').innerText()).not.toMatch(/sweep/i);
      await page.reload();
      await page.locator('#code').waitFor();
    },
  );

  it('is requested if it is missing, and reported as rejected if it is wrong', async () => {
    for (const look of [LIGHT, DARK_PHONE]) {
      const visited = await visits.open(`${app.url}/api/dashboard`, look);
      const { page } = visited;
      const field = page.locator('#code');

      await page.getByRole('heading', { name: 'Function key needed' }).waitFor();
      expect(await visited.axe()).toEqual([]);
      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Key rejected' }).waitFor();
      expect(await visited.axe()).toEqual([]);
      expect(await visited.overflow()).toBeLessThanOrEqual(0);
      await field.fill(KEY);
      await page.keyboard.press('Enter');
      await hasRead(visited);
    }
  });
});

inBrowser('the page of an app with two busy weeks behind it', () => {
  beforeAll(async () => {
    await liveThroughBusyWeeks(app);
    await readAnew(app.url);
  });

  it('shows the most important facts on its first screen', async () => {
    const { page } = await visits.read(app.url, { viewport: { width: 1280, height: 800 } });

    expect(await page.title()).toBe('Needs attention · default');
    const facts = await page.locator('.facts > div').allInnerTexts();
    expect(facts.map((text) => text.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^Last sweep .* 2 failed, 18 deleted, 6 not found, 4 active \(666\.0 MiB\), by timer/),
      expect.stringMatching(/^Next sweep in \d+ days At/),
      expect.stringMatching(/^Oldest stale session 4\d min without activity; 2 are stale/),
      expect.stringMatching(/^Freed today [\d.]+ [MG]iB \d+ sessions deleted since 00:00 UTC/),
      expect.stringMatching(/^Parts 4 of 6 healthy Not checked: cluster and credentials/),
    ]);
    expect(await page.locator('header').innerText()).toMatch(/default at 127\.0\.0\.1:\d+ · version \d+\.\d+\.\d+/);
    const { y = 0, height = 0 } = (await page.locator('.facts').boundingBox()) ?? {};
    expect(y + height).toBeLessThan(800);
  });

  it('shows counts, failures by cause, sweeps with failures first, and a chart with its numbers', async () => {
    const { page } = await visits.read(app.url);

    const tiles = await page.locator('.tile').allInnerTexts();
    expect(tiles.slice(0, 3).map((text) => text.toLowerCase().split('\n').filter(Boolean).slice(0, 2))).toEqual([
      ...[
        ['stale', '2'],
        ['waiting', '1'],
        ['given up', '1'],
      ],
    ]);
    const causes = await page.locator('.causes > li').allInnerTexts();
    expect(causes[0]).toMatch(/timed out on the cluster.*1 given up.*FABRIC_E_TIMEOUT.*504.*4 cleanups in 14 days/s);
    expect(causes[1]).toMatch(/moving its primary replica.*1 waiting.*FABRIC_E_NOT_PRIMARY.*9 cleanups/s);
    expect(await page.locator('.plot rect.failed').count()).toBeGreaterThan(3);
    expect(await page.locator('.sum').innerText()).toMatch(/17\.0 GiB freed/);
    const sweeps = page.getByRole('table', { name: /^Sweeps of the last/ });
    expect(await sweeps.getByRole('row').nth(1).innerText()).toMatch(/^2 failed, 18 deleted/);
  });

  it.each([
    ['in light', LIGHT],
    ['in dark on a phone', DARK_PHONE],
    ['with forced colours', FORCED],
  ])('is accessible %s', async (_, look) => expectGood(await visits.read(app.url, look)), 60_000);

  it('shows every reason of its verdict on a phone, without scrolling inside it', async () => {
    const { page } = await visits.read(app.url, DARK_PHONE, (opening) =>
      opening.route('**/dashboard/status*', async (route) => {
        const status = (await (await route.fetch()).json()) as { verdict: { reasons: { what: string }[] } };
        const [reason] = status.verdict.reasons;
        status.verdict.reasons = Array.from({ length: 8 }, (_, n) => ({ ...reason, what: `Reason ${n}.` }));
        await route.fulfill({ json: status });
      }),
    );

    const list = page.locator('.verdict ul');
    expect(await list.locator('li').count()).toBe(8);
    expect(await list.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
  });

  it('keeps the roles of its tables on a phone, and has the session in the name of each button', async () => {
    const visited = await visits.read(app.url, { viewport: PHONE });
    await unfold(visited);

    const table = visited.page.getByRole('table', { name: /failed with FABRIC_E_TIMEOUT/ });
    expect(await table.getByRole('cell').count()).toBeGreaterThan(4);
    expect(await table.getByRole('button', { name: `Retry upload session ${GIVEN_UP}` }).count()).toBe(1);
  });

  it('opens a session by its link, with the cluster’s view of it, and closes it with Escape', async () => {
    const visited = await visits.open(`${app.url}/api/dashboard#session=${GIVEN_UP}&code=${KEY}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = visited;
    const drawer = page.getByRole('dialog', { name: 'Upload session' });

    await drawer.getByText('2,097,152–4,194,303').waitFor();
    expect(page.url()).toBe(`${app.url}/api/dashboard#session=${GIVEN_UP}`);
    expect(await drawer.innerText()).toMatch(
      /given up.*Bank\/Code\/ledger\.zip.*2\.0 MiB of 4\.0 MiB.*FABRIC_E_TIMEOUT/s,
    );
    for (const [what, text] of [
      ['session id', GIVEN_UP],
      ['link', `${app.url}/api/dashboard#session=${GIVEN_UP}`],
      ['request id', /^[\da-f-]{36}$/],
    ] as const) {
      await drawer
        .getByRole('button', { name: `Copy ${what}` })
        .first()
        .click();
      await drawer.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toEqual(
        typeof text === 'string' ? text : expect.stringMatching(text),
      );
      await drawer.getByRole('button', { name: 'Copied' }).waitFor({ state: 'hidden' });
    }
    expect(await visited.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(page.url()).toBe(`${app.url}/api/dashboard`);

    await unfold(visited);
    await page.getByRole('link', { name: STALE }).first().click();
    await drawer.getByText('Shop/Code/web.zip').first().waitFor();
    expect(page.url()).toContain(STALE);
  });

  it('asks for the key before it opens a link in a new tab', async () => {
    const visited = await visits.open(`${app.url}/api/dashboard#session=${GIVEN_UP}`);
    const { page } = visited;

    await page.locator('#code').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Upload session' }).getByText('ledger.zip').first().waitFor();
  });

  it('shows in a dry run what a sweep would do, and changes nothing', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;
    const rows = await allRows(app.tables.sessions);

    await button(visited, 'Dry run').click();
    await page.getByRole('dialog').getByText('2 stale upload sessions').waitFor();
    await button(visited, 'Start the dry run').click();
    await page.locator('#job table').waitFor();

    expect(await page.locator('#job').innerText()).toMatch(
      /Dry run ended.*Nothing was changed\. 1 would delete, 1 not found; 2\.0 MiB would be freed/s,
    );
    expect(await page.locator('#job').innerText()).toContain(STALE);
    expect(await visited.axe()).toEqual([]);
    expect(await allRows(app.tables.sessions)).toEqual(rows);
    expect((await app.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toContain(STALE);
  });

  it('sends no request before it is confirmed, and restores the focus', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;

    await button(visited, 'Sweep now').focus();
    for (const end of ['Escape', 'Enter']) {
      await page.keyboard.press('Enter');
      expect(await page.getByRole('dialog', { name: 'Sweep now?' }).innerText()).toContain('can’t be restored');
      expect(await visited.axe()).toEqual([]);
      // Enter cancels: the Cancel button has the focus first.
      expect(await focused(visited)).toBe('Cancel');
      await page.keyboard.press(end);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect(await focused(visited)).toBe('Sweep now');
    }
    expect(visited.asked.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });

  it('counts again when a field changes, and sweeps below STALE_AFTER only after that count is confirmed', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;
    const dialog = page.getByRole('dialog');
    const start = dialog.getByRole('button', { name: 'Sweep now' });

    await button(visited, 'Sweep now').click();
    await dialog.getByText('2 stale upload sessions').waitFor();
    await page.getByLabel('Without activity').fill('30m');
    await dialog.getByText('1 stale upload session').waitFor();
    expect(await start.isEnabled()).toBe(true);
    await page.getByLabel('Without activity').fill('5m');
    const confirmation = page.getByLabel(/Delete \d+ without activity for 5 min/);
    await confirmation.waitFor();
    expect(await start.isEnabled()).toBe(false);
    await confirmation.check();
    expect(await start.isEnabled()).toBe(true);
    await page.getByLabel('No more than').fill('3');
    await page.getByLabel(/Delete 3 without activity/).waitFor();
    expect(await start.isEnabled()).toBe(false);
    await page.getByLabel(/Delete 3 without activity/).check();
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await start.click();
    expect((await asked).postDataJSON()).toEqual({ dryRun: false, olderThan: '5m', limit: 3, belowStaleAfter: true });
    await page.getByRole('heading', { name: 'Sweep ended' }).waitFor();
  });

  it('retries a given-up session with the keyboard only, and keeps the focus', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;

    for (let tabs = 0; tabs < 40 && !(await focused(visited)).startsWith('Retry'); tabs += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await notices(visited).getByText(`${GIVEN_UP}: retry scheduled for the next sweep`).waitFor();
    await page.getByText('1 given up').waitFor({ state: 'hidden' });

    const row = (await allRows(app.tables.sessions)).find(({ rowKey }) => rowKey === GIVEN_UP);
    expect(row).toMatchObject({ givenUp: false, attempts: 0 });
  });

  it('shows the app’s error, and deletes the session if that is confirmed', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;
    const file = { storeRelativePath: 'a.zip', fileSizeBytes: 20, chunkSizeBytes: 10 };
    const upload = new Upload(app.cluster.endpoint, file);
    await upload.uploadChunks(upload.chunks.slice(0, 1));
    const { sessionId } = upload;
    const field = page.getByLabel('Any session on the cluster');

    await field.fill(`{${sessionId.toUpperCase()}}`);
    await button(visited, 'Delete …').click();
    await button(visited, 'Delete if stale').click();
    await notices(visited)
      .getByText(/The upload session is active\. Its last chunk arrived at/)
      .waitFor();
    await field.press('Enter');
    const text = page.getByRole('dialog').getByRole('status');
    expect(await text.innerText()).toMatch(/left alone/);
    await page.getByLabel('Only if it is stale').uncheck();
    expect(await text.innerText()).toMatch(/its upload fails/);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await notices(visited).getByText(`${sessionId}: deleted`).waitFor();

    expect((await app.cluster.control.sessions()).map((one) => one.sessionId)).not.toContain(sessionId);
  });

  it('reports a sweep that was stopped', async () => {
    const visited = await visits.read(app.url);
    const { page } = visited;
    await app.cluster.control.setFaults([{ answer: { status: 403 } }]);

    await button(visited, 'Sweep now').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sweep now' }).click();

    await page.getByRole('heading', { name: 'Sweep failed' }).waitFor();
    await page.getByRole('heading', { name: 'Failing' }).waitFor();
    expect(await page.locator('#job').innerText()).toMatch(/credentials/);
    expect(await visited.axe()).toEqual([]);
    await app.cluster.control.clearFaults();
    const left = (await allRows(app.tables.sessions)).map(({ rowKey }) => rowKey);
    expect(left).toContain(idOf('fresh 0'));
  });
});

inBrowser('what others wrote', () => {
  it('is text in every column, in plans and in errors, and breaks no layout', async () => {
    const id = await writeHostileRows(app.tables);
    // The code of a FabricError is a word, but its message can be any text.
    const message = '<img src=x onerror=window.pwned=8> \u202e"><script>window.pwned=9</script>';
    for (const look of [LIGHT, DARK_PHONE]) {
      const visited = await visits.read(app.url, look);
      const { page } = visited;
      await unfold(visited);
      await button(visited, 'Dry run').click();
      await button(visited, 'Start the dry run').click();
      await page.locator('#job table').waitFor();
      expect(await visited.overflow()).toBeLessThanOrEqual(0);

      await app.cluster.control.setFaults([{ answer: { status: 500, code: 'E_EVIL', message } }]);
      await button(visited, `Delete upload session ${id}`).first().click();
      expect(await page.getByRole('dialog').innerText()).toContain('<script>window.pwned = 1</script>');
      expect(await visited.overflow()).toBeLessThanOrEqual(0);
      await page.getByLabel('Only if it is stale').uncheck();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await notices(visited).getByText('<img src=x onerror=window.pwned=8>').waitFor();
      await app.cluster.control.clearFaults();

      const made = page.locator('main img, main script, main base, main b, main svg svg, main [onerror]');
      expect(await made.count()).toBe(0);
      expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
      const text = await page.locator('body').innerText();
      expect([...'\u202e\u200b\u0007'].filter((one) => text.includes(one))).toEqual([]);
      expect(text).toContain('a\\u{202e}gpj.exe\\u{7}\\u{200b}\\u{d}\\u{a}b');
      expect(text).toContain(HOSTILE_KEY.slice(0, 30));
    }
  }, 90_000);
});

inBrowser('the page of an app in trouble', () => {
  it('lists every invalid setting', async () => {
    const broken = await visits.startApp({ STALE_AFTER: 'soon', CLUSTER_ENDPOINTS: 'nowhere', SESSION_SHARDS: '7' });
    const visited = await visits.read(broken.url, DARK_PHONE);
    const { page } = visited;

    expect(await page.locator('#verdict').innerText()).toBe('Failing');
    const errors = await page.locator('.errors li').allInnerTexts();
    expect(errors.map((error) => error.split(' ')[0]).sort()).toEqual([
      ...['CLUSTER_ENDPOINTS', 'SESSION_SHARDS', 'STALE_AFTER'],
    ]);
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflow()).toBeLessThanOrEqual(0);
  });

  it('reports that the storage fails', async () => {
    const closed = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:9/a;';
    const cut = await visits.startApp({ STORAGE_OF_A_TEST: closed, SESSION_STORAGE: 'STORAGE_OF_A_TEST' });
    const visited = await visits.open(`${cut.url}/api/dashboard`, DARK);
    const { page } = visited;
    await page.getByText('Sweeps and outcomes could not be read').waitFor({ timeout: 30_000 });

    expect(await page.locator('.verdict').innerText()).toMatch(/Failing.*table of sessions: .*ECONNREFUSED/s);
    expect(await page.getByText('The table of sessions could not be read').count()).toBeGreaterThan(0);
    expect(await visited.axe()).toEqual([]);
  });
});

inBrowser('the bundled app', () => {
  it('serves the same page behind any route prefix', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundled-page-'));
    await bundle(folder, 'ops/sweeper');
    const bundled = await visits.startApp({ SWEEP_DRY_RUN: 'true' }, {}, ['--app', folder, '--bundle']);
    try {
      const visited = await visits.open(`${bundled.url}/ops/sweeper/dashboard`);
      const { page } = visited;
      await hasRead(visited);

      expect(await page.locator('.verdict').innerText()).toContain('SWEEP_DRY_RUN is true');
      await button(visited, 'Sweep now').click();
      expect(await page.getByRole('dialog').innerText()).toContain('this sweep deletes');
      await page.keyboard.press('Escape');
      await button(visited, 'Dry run').click();
      await button(visited, 'Start the dry run').click();
      await page.getByText('No session was stale').waitFor();
    } finally {
      await visits.end();
      await rm(folder, { recursive: true });
    }
  });
});
