import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { bundle } from './bundle.ts';
import { GIVEN_UP, idOf, liveThroughBusyWeeks, STALE } from './busyWeeks.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { HOSTILE_KEY, writeHostileRows } from './hostileRows.ts';
import { type Visit, visit } from './visit.ts';

const chromium = findChromium();
if (!chromium) {
  console.warn(
    'The tests of the page in a browser are skipped: no Chromium was found. CHROMIUM_PATH says where it is.',
  );
}
const inBrowser = chromium ? describe : describe.skip;

const KEY = 'the-key-of-a-person';
const PHONE = { width: 360, height: 740 };
const LIGHT: BrowserContextOptions = { colorScheme: 'light' };
const DARK: BrowserContextOptions = { colorScheme: 'dark' };
const DARK_PHONE: BrowserContextOptions = { ...DARK, viewport: PHONE };

let browser: Browser;
let app: TestApp;
let visits: Visit[] = [];

async function open(
  path = `/api/dashboard?code=${KEY}`,
  look: BrowserContextOptions = {},
  url = app.url,
  before?: (page: Page) => Promise<unknown>,
) {
  const visited = await visit(browser, `${url}${path}`, look, before);
  visits.push(visited);
  return visited;
}

/** Opens the page and waits for its content. */
async function read(look?: BrowserContextOptions, url?: string) {
  const visited = await open(undefined, look, url);
  await visited.page.locator('#verdict').waitFor();
  return visited;
}

const button = ({ page }: Visit, name: string | RegExp) => page.getByRole('button', { name });
const said = ({ page }: Visit) => page.locator('#said');

/** Waits until the page has read everything anew after an action. */
async function settled({ page }: Visit): Promise<void> {
  await page.locator('body:not(.busy)').waitFor();
}

/** Finds nothing wrong with the page in these looks, with all of it unfolded. */
async function expectGood(looks: BrowserContextOptions[], url?: string): Promise<void> {
  for (const look of looks) {
    const visited = await read(look, url);
    for (const summary of await visited.page.locator('#content summary').all()) await summary.click();
    expect([look, await visited.axe()]).toEqual([look, []]);
    expect(await visited.overflow()).toBeLessThanOrEqual(0);
  }
}

if (chromium) {
  beforeAll(async () => {
    [browser, app] = await Promise.all([
      launchChromium(chromium),
      startApp({ FUNCTIONS_HOST_KEY: KEY }, {}, ['--enable-auth']),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
  afterEach(async () => {
    const faults = visits.flatMap((one) => one.faults);
    for (const { page } of visits) await page.context().close();
    visits = [];
    expect(faults).toEqual([]);
  });
}

inBrowser('the page of an app that has done nothing yet', () => {
  it('says so, and is good to read', async () => {
    const { page } = await read();

    const text = await page.locator('#content').innerText();
    for (const words of [
      /No upload session is registered/,
      /No sweep in the last 14 days/,
      /No session was cleaned up/,
    ]) {
      expect(text).toMatch(words);
    }
    await expectGood([LIGHT, DARK_PHONE]);
  });

  it('is there at once, and says what it waits for', async () => {
    const gate = Promise.withResolvers<void>();
    for (const look of [LIGHT, DARK]) {
      const hold = (page: Page) =>
        page.route('**/dashboard/content', async (route) => {
          await gate.promise;
          await route.continue();
        });
      const visited = await open(`/api/dashboard#code=${KEY}`, { ...look, reducedMotion: 'reduce' }, app.url, hold);

      await visited.page.getByRole('heading', { name: /Reading the tables/ }).waitFor();
      expect(await visited.axe()).toEqual([]);
      const moving = visited.page.locator('.bones i').first();
      expect(await moving.evaluate((bone) => getComputedStyle(bone).animationName)).toBe('none');
    }

    gate.resolve();
    for (const { page } of visits) {
      await page.locator('#verdict').waitFor();
      expect(await page.locator('#loading').isVisible()).toBe(false);
    }
  });
});

inBrowser('the key', () => {
  it('is taken out of the address, kept for this tab alone, and forgotten when told to', async () => {
    const visited = await read();
    const { page } = visited;

    expect(page.url()).toBe(`${app.url}/api/dashboard`);
    expect(await page.content()).not.toContain(KEY);
    await page.reload();
    await page.locator('#verdict').waitFor();
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);

    await button(visited, 'Forget the key').click();
    await page.getByLabel('Function key').waitFor();
    expect(await page.locator('#content').innerHTML()).toBe('');
    await page.reload();
    expect(await page.getByLabel('Function key').isVisible()).toBe(true);
  });

  it('is asked for where there is none, and again when it is wrong', async () => {
    for (const look of [LIGHT, DARK_PHONE]) {
      const visited = await open('/api/dashboard', look);
      const { page } = visited;
      const field = page.getByLabel('Function key');

      await field.waitFor();
      expect(await visited.axe()).toEqual([]);
      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('does not take this key').waitFor();
      expect(await visited.axe()).toEqual([]);
      expect(await visited.overflow()).toBeLessThanOrEqual(0);
      await field.fill(KEY);
      await page.keyboard.press('Enter');
      await page.locator('#verdict').waitFor();
    }
  });

  it('opens the content without JavaScript too, with nothing that could not work', async () => {
    const { page } = await open('/api/dashboard', { javaScriptEnabled: false });

    expect(await page.getByText('Without JavaScript').isVisible()).toBe(true);
    await page.getByLabel('Function key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.locator('#verdict').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });
});

inBrowser('the page of an app with two busy weeks behind it', () => {
  beforeAll(() => liveThroughBusyWeeks(app));

  it('tells at a look that something needs one, and why', async () => {
    const { page } = await read();

    expect(await page.title()).toBe('Needs a look · Upload sessions');
    const verdict = await page.locator('#content .verdict').innerText();
    expect(verdict).toMatch(/Needs a look.*2 sessions failed in the last sweep.*1 session waits for a person/s);
    const tiles = await page.locator('.tile').allInnerTexts();
    expect(tiles.map((text) => text.split('\n').slice(0, 2))).toEqual([
      ...[
        ['Stale', '2'],
        ['Waiting', '1'],
        ['Given up', '1'],
        ['Fresh', '23'],
      ],
    ]);
    const failures = await page.locator('.failures').innerText();
    expect(failures).toMatch(/moving its primary replica.*FABRIC_E_NOT_PRIMARY.*9 cleanups of 9 sessions/s);
    expect(await page.locator('.plot rect.failed').count()).toBeGreaterThan(3);
    expect(await page.locator('.sum').innerText()).toMatch(/17\.0 GiB freed.*492 deleted/s);
    expect(
      await page
        .getByRole('table', { name: /last sweeps/i })
        .getByRole('row')
        .count(),
    ).toBe(11);
  });

  it('is good to read in light and dark, on a phone as well', () => expectGood([LIGHT, DARK_PHONE]));

  it('keeps the roles of its tables on a phone, and names the session on each button', async () => {
    const { page } = await read({ viewport: { width: 360, height: 740 } });

    expect(await page.getByRole('table', { name: 'given up' }).getByRole('cell').count()).toBeGreaterThan(4);
    expect(await page.getByRole('button', { name: `Take up again upload session ${GIVEN_UP}` }).count()).toBe(1);
  });

  it('shows in a dry run what a sweep would do, and changes nothing', async () => {
    const visited = await read();
    const { page } = visited;
    const rows = await allRows(app.tables.sessions);

    await button(visited, 'Dry run').click();
    expect(await page.getByRole('dialog').innerText()).toMatch(/2 by the table.*Nothing is changed/s);
    await button(visited, 'Start the dry run').click();
    await page.locator('#plan table').waitFor();
    await settled(visited);

    expect(await said(visited).innerText()).toMatch(/nothing was changed: 1 would be deleted, 1 not found; 2\.0 MiB/);
    expect(await page.locator('#plan').innerText()).toContain(STALE);
    expect(await visited.axe()).toEqual([]);
    expect(await allRows(app.tables.sessions)).toEqual(rows);
    expect((await app.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toContain(STALE);
  });

  it('asks for nothing before it is confirmed, and puts the keyboard back where it was', async () => {
    const visited = await read();
    const { page } = visited;

    await button(visited, 'Sweep now').focus();
    for (const end of ['Escape', 'Enter']) {
      await page.keyboard.press('Enter');
      expect(await page.getByRole('dialog', { name: 'Sweep now?' }).innerText()).toContain('can’t be undone');
      expect(await visited.axe()).toEqual([]);
      // Enter is Cancel's: it is where the keyboard is first.
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
      await page.keyboard.press(end);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sweep now');
    }
    expect(visited.asked.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });

  it('takes a given-up session up again, with the keyboard alone', async () => {
    const visited = await read();
    const { page } = visited;
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');

    for (let tabs = 0; tabs < 30 && !(await focused()).startsWith('Take up again'); tabs += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    expect(await page.getByRole('dialog').innerText()).toContain(`${GIVEN_UP}, Bank/Code/ledger.zip`);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Take up again');
    await page.keyboard.press('Enter');
    await page.getByText('is taken up again').waitFor();
    await settled(visited);

    // The keyboard goes on from the result, since the button is gone.
    expect(await focused()).toContain('is taken up again');
    expect(await page.getByRole('heading', { name: 'Given up' }).count()).toBe(0);
    const row = (await allRows(app.tables.sessions)).find(({ rowKey }) => rowKey === GIVEN_UP);
    expect(row).toMatchObject({ givenUp: false, attempts: 0 });
  });

  it('shows a refusal in the words of the app, and deletes all the same when told to', async () => {
    const visited = await read();
    const { page } = visited;
    const upload = new Upload(app.cluster.endpoint, {
      storeRelativePath: 'a.zip',
      fileSizeBytes: 20,
      chunkSizeBytes: 10,
    });
    await upload.uploadChunks(upload.chunks.slice(0, 1));
    const { sessionId } = upload;

    await page.getByLabel('Session id').fill(sessionId.toUpperCase());
    await button(visited, 'Delete …').click();
    await button(visited, /^Delete$/).click();
    await page.locator('#said.bad').waitFor();
    await settled(visited);
    expect(await said(visited).innerText()).toMatch(/The upload session is active\. Its last chunk arrived at/);
    await page.getByLabel('Session id').fill(sessionId);
    await page.keyboard.press('Enter');
    await page.getByLabel(/Only if no chunk came lately/).uncheck();
    await button(visited, /^Delete$/).click();
    await page.getByText(`${sessionId} is deleted.`).waitFor();
    await settled(visited);

    expect((await app.cluster.control.sessions()).map((one) => one.sessionId)).not.toContain(sessionId);
  });

  it('says when a sweep could not do its work, and then sweeps', async () => {
    const visited = await read();
    const { page } = visited;
    await app.cluster.control.setFaults([{ answer: { status: 403 } }]);

    await button(visited, 'Sweep now').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sweep now' }).click();
    await page.getByText(/credentials\. .*accessDenied/).waitFor();
    await settled(visited);
    expect(await page.locator('#verdict').innerText()).toBe('Failing');
    expect(await visited.axe()).toEqual([]);
    await app.cluster.control.clearFaults();
    await button(visited, 'Sweep now').click();
    await page.getByLabel('Without activity').fill('30m');
    await page.getByRole('dialog').getByRole('button', { name: 'Sweep now' }).click();
    await page.getByText('The sweep has ended: 2 deleted; 4.0 MiB freed.').waitFor();

    const left = (await allRows(app.tables.sessions)).map(({ rowKey }) => rowKey);
    expect(left).not.toContain(STALE);
    expect(left).toContain(idOf('stale too'));
  });
});

inBrowser('what others wrote', () => {
  it('is text in every column, in plans and in errors, and breaks no layout', async () => {
    const id = await writeHostileRows(app.tables);
    // A FabricError's code is a word, its message anything.
    const message = '<img src=x onerror=window.pwned=8> \u202e"><script>window.pwned=9</script>';
    for (const look of [LIGHT, DARK_PHONE]) {
      const visited = await read(look);
      const { page } = visited;
      for (const summary of await page.locator('#content summary').all()) await summary.click();
      await button(visited, 'Dry run').click();
      await button(visited, 'Start the dry run').click();
      await page.locator('#plan table').waitFor();
      await settled(visited);
      expect(await visited.overflow()).toBeLessThanOrEqual(0);

      await app.cluster.control.setFaults([{ answer: { status: 500, code: 'E_EVIL', message } }]);
      await button(visited, `Delete upload session ${id}`).click();
      expect(await page.getByRole('dialog').innerText()).toContain('<script>window.pwned = 1</script>');
      expect(await visited.overflow()).toBeLessThanOrEqual(0);
      await page.getByLabel(/Only if no chunk came lately/).uncheck();
      await button(visited, /^Delete$/).click();
      await page.locator('#said.bad').waitFor();
      await settled(visited);
      expect(await said(visited).innerText()).toContain('<img src=x onerror=window.pwned=8> \\u202e"><script>');
      await app.cluster.control.clearFaults();

      expect(await page.locator('main img, main script, main base, main b, main svg svg, main [onerror]').count()).toBe(
        0,
      );
      expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
      const text = await page.locator('main').innerText();
      expect([...'\u202e\u200b\u0007'].filter((one) => text.includes(one))).toEqual([]);
      expect(text).toContain('a\\u{202e}gpj.exe\\u{7}\\u{200b}\\u{d}\\u{a}b');
      expect(text).toContain(HOSTILE_KEY.slice(0, 30));
    }
  });
});

inBrowser('the page of an app in trouble', () => {
  it('lists every fault of the settings, where they are wrong', async () => {
    const broken = await startApp({ STALE_AFTER: 'soon', CLUSTER_ENDPOINTS: 'nowhere', SESSION_SHARDS: '7' });
    try {
      const { page } = await read({}, broken.url);

      expect(await page.locator('#verdict').innerText()).toBe('Failing');
      const faults = await page.locator('.faults li').allInnerTexts();
      expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual([
        ...['CLUSTER_ENDPOINTS', 'SESSION_SHARDS', 'STALE_AFTER'],
      ]);
      await expectGood([DARK_PHONE], broken.url);
    } finally {
      await broken.close();
    }
  });

  it('says that the storage fails, and later that the app itself does not answer', async () => {
    const closed = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:9/a;';
    const cut = await startApp({ STORAGE_OF_A_TEST: closed, SESSION_STORAGE: 'STORAGE_OF_A_TEST' });
    try {
      const visited = await read(DARK, cut.url);
      const { page } = visited;

      expect(await page.locator('#content .verdict').innerText()).toMatch(
        /Failing.*table of sessions: .*ECONNREFUSED/s,
      );
      expect(await page.locator('.unread').count()).toBe(2);
      expect(await visited.axe()).toEqual([]);
      await cut.host.stop();
      await button(visited, 'Refresh').click();
      await page.getByText('The app did not answer').waitFor();
      expect(await page.title()).toMatch(/^Failing/);
      expect(await visited.axe()).toEqual([]);
      // The browser's own line about a refused connection.
      expect(visited.faults.splice(0)).toEqual([expect.stringContaining('ERR_CONNECTION_REFUSED')]);
    } finally {
      await cut.close();
    }
  });
});

inBrowser('the bundled app', () => {
  it('serves the same page behind any route prefix, with a script that needs nothing from outside of itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundled-page-'));
    await bundle(folder, 'ops/sweeper');
    const bundled = await startApp({ SWEEP_DRY_RUN: 'true' }, {}, ['--app', folder, '--bundle']);
    try {
      const visited = await open('/ops/sweeper/dashboard', {}, bundled.url);
      await visited.page.locator('#verdict').waitFor();

      expect(await visited.page.locator('#content .verdict').innerText()).toContain('SWEEP_DRY_RUN is true');
      await button(visited, 'Sweep now').click();
      expect(await visited.page.getByRole('dialog').innerText()).toContain('this sweep deletes');
      await visited.page.keyboard.press('Escape');
      await button(visited, 'Dry run').click();
      await button(visited, 'Start the dry run').click();
      await visited.page.getByText('no session was stale').waitFor();
      await settled(visited);
    } finally {
      await bundled.close();
      await rm(folder, { recursive: true });
    }
  });
});
