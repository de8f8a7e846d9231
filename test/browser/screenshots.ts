/**
 * Makes the README's pictures of the page, from two made-up weeks: `npm run screenshots`, or `-- <folder>` for all forms of
 * the page elsewhere.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { findChromium, launchChromium } from './chromium.ts';

const README_FOLDER = join(import.meta.dirname, '../../.github/images');

const chromium = findChromium();
if (!chromium) throw new Error('No Chromium was found. CHROMIUM_PATH says where it is.');
const [, , folder] = process.argv;
const storage = await startStorageEmulator();
const scratch = await mkdtemp(join(tmpdir(), 'screenshots-'));
process.env['TEST_STORAGE'] = storage.connectionString;
process.env['TEST_TRANSCRIPT'] = join(scratch, 'transcript');
// They read where the storage is when they are loaded.
const { startApp } = await import('../support/app.ts');
const { liveThroughBusyWeeks } = await import('./busyWeeks.ts');

const app = await startApp({ CLUSTER_NAME: 'default' });
const empty = folder === undefined ? undefined : await startApp();
const broken = folder === undefined ? undefined : await startApp({ STALE_AFTER: 'soon', CLUSTER_ENDPOINTS: 'nowhere' });
const browser = await launchChromium(chromium);
try {
  await liveThroughBusyWeeks(app);
  const shoot = async (url: string, name: string, width: number, colorScheme: 'light' | 'dark', height?: number) => {
    const page = await browser.newPage({ viewport: { width, height: height ?? 900 }, colorScheme });
    page.on('console', (message) => console.log(message.text()));
    page.on('pageerror', (error) => console.log(error));
    await page.goto(`${url}/api/dashboard`);
    await page.locator('#verdict').waitFor();
    const path = join(folder ?? README_FOLDER, `${name}.png`);
    await page.screenshot({ path, fullPage: height === undefined });
    console.log(path);
    return page;
  };
  await mkdir(folder ?? README_FOLDER, { recursive: true });
  if (folder === undefined) {
    await shoot(app.url, 'page-light', 1150, 'light', 1234);
    await shoot(app.url, 'page-dark-phone', 390, 'dark', 960);
  } else {
    const page = await shoot(app.url, 'full-light', 1200, 'light');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.screenshot({ path: join(folder, 'dialog-light.png') });
    await page.getByRole('button', { name: 'Start the dry run' }).click();
    await page.locator('#plan table').waitFor();
    await page.screenshot({ path: join(folder, 'plan-light.png') });
    await shoot(app.url, 'full-dark', 1200, 'dark');
    for (const colorScheme of ['light', 'dark'] as const) {
      const phone = await shoot(app.url, `phone-${colorScheme}`, 360, colorScheme, 1600);
      const clip = { x: 0, y: 1600, width: 360, height: 1600 };
      await phone.screenshot({ path: join(folder, `phone-${colorScheme}-below.png`), fullPage: true, clip });
    }
    await shoot(empty?.url ?? '', 'empty-light', 1200, 'light');
    await shoot(broken?.url ?? '', 'broken-dark', 1200, 'dark');
  }
} finally {
  await browser.close();
  for (const one of [app, empty, broken]) await one?.close();
  await storage.process.stop();
  await rm(scratch, { recursive: true });
}
