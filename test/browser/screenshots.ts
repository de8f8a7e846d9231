/**
 * Makes the screenshot of the page for the README, from two made-up weeks: `npm run screenshots`. With `-- <folder>` it makes one of
 * each state of the page in that folder.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { findChromium, launchChromium } from './chromium.ts';

const IMAGE_FOLDER = join(import.meta.dirname, '../../.github/images');

const chromium = findChromium();
if (!chromium) throw new Error('No Chromium was found. CHROMIUM_PATH says where it is.');
const [, , folder] = process.argv;
const storage = await startStorageEmulator();
const scratch = await mkdtemp(join(tmpdir(), 'screenshots-'));
process.env['TEST_STORAGE'] = storage.connectionString;
process.env['TEST_TRANSCRIPT'] = join(scratch, 'transcript');
// These modules read the storage's address when they are loaded.
const { startApp } = await import('../support/app.ts');
const { GIVEN_UP, liveThroughBusyWeeks } = await import('./busyWeeks.ts');
const { registerGivenUp, registerStale } = await import('./manyRows.ts');

type App = Awaited<ReturnType<typeof startApp>>;
const apps: App[] = [];
const start = async (settings: Record<string, string> = {}) => {
  const app = await startApp({ SWEEP_SCHEDULE: '0 */5 * * * *', ...settings });
  apps.push(app);
  return app;
};

const browser = await launchChromium(chromium);
interface Look {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  isFull?: boolean;
  hash?: string;
}

/** Opens the page and takes a screenshot after it has read everything. */
async function shoot(app: App, name: string, look: Look = {}, act: (page: Page) => Promise<unknown> = async () => {}) {
  const { width = 1280, height = 800, colorScheme = 'light', isFull = false, hash = '' } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.on('console', (message) => console.log(message.text()));
  page.on('pageerror', (error) => console.log(error));
  await page.goto(`${app.url}/api/dashboard${hash}`);
  await page.locator('#verdict, #key-title').waitFor();
  await page.getByText('Freed today').or(page.locator('.errors')).waitFor();
  await page.waitForLoadState('networkidle');
  await act(page);
  const path = join(folder ?? IMAGE_FOLDER, `${name}.png`);
  await page.screenshot({ path, fullPage: isFull });
  console.log(path);
  return page;
}

try {
  await mkdir(folder ?? IMAGE_FOLDER, { recursive: true });
  const app = await start();
  await liveThroughBusyWeeks(app);
  if (folder === undefined) {
    await shoot(app, 'page-light', { height: 1234 });
  } else {
    await shoot(app, 'first-light');
    await shoot(app, 'full-light', { isFull: true });
    await shoot(app, 'full-dark', { isFull: true, colorScheme: 'dark' });
    await shoot(app, 'phone-light', { width: 360, isFull: true });
    await shoot(app, 'session-light', { hash: `#session=${GIVEN_UP}` }, (page) => page.getByText('History').waitFor());
    await shoot(
      app,
      'session-phone',
      { width: 360, height: 740, colorScheme: 'dark', hash: `#session=${GIVEN_UP}` },
      (page) => page.getByText('History').waitFor(),
    );
    await shoot(app, 'dialog-light', {}, async (page) => {
      await page.getByRole('button', { name: 'Sweep now' }).click();
      await page.getByLabel('Without activity').fill('5m');
      await page.getByText('which is less than').waitFor();
    });
    await shoot(app, 'plan-light', { isFull: true }, async (page) => {
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByRole('button', { name: 'Start the dry run' }).click();
      await page.locator('#job table').waitFor();
    });
    await shoot(await start(), 'empty-light', { isFull: true });
    await shoot(await start({ STALE_AFTER: 'soon', CLUSTER_ENDPOINTS: 'nowhere' }), 'invalid-dark', {
      colorScheme: 'dark',
    });
    const well = await start();
    await well.sweep();
    await shoot(well, 'well-light');
    await shoot(well, 'unknown-light', {}, async (page) => {
      await page.clock.install();
      await well.host.stop();
      await page.clock.fastForward('00:05:00');
      await page.getByText(/Unknown since/).waitFor();
    });
    const many = await start();
    await registerStale(many.tables, 6000);
    await shoot(many, 'many-light', { isFull: true }, async (page) => {
      await page.getByLabel('Stale').check();
      await page.getByText('of 6,000').waitFor();
    });
    const failing = await start();
    await registerGivenUp(failing.tables, 30);
    await failing.cluster.control.setFaults([{ answer: { status: 403 } }]);
    await failing.sweep();
    await shoot(failing, 'failing-light', { isFull: true }, (page) =>
      page.locator('summary', { hasText: '30 sessions' }).click(),
    );
  }
} finally {
  await browser.close();
  for (const one of apps) await one.close();
  await storage.process.stop();
  await rm(scratch, { recursive: true });
}
