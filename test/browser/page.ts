import { afterAll, afterEach, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startApp, type TestApp } from '../support/app.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { type Visit, visit } from './visit.ts';

export const KEY = 'the-key-of-a-person';
export const PHONE = { width: 360, height: 740 };
export const LIGHT: BrowserContextOptions = { colorScheme: 'light' };
export const DARK: BrowserContextOptions = { colorScheme: 'dark' };
export const FORCED: BrowserContextOptions = { forcedColors: 'active' };
export const DARK_PHONE: BrowserContextOptions = { ...DARK, viewport: PHONE };

/** The visits of a test file. After each test they are closed and checked for errors. */
export class Visits {
  readonly #browser: () => Browser;
  readonly #visits: Visit[] = [];
  readonly #apps: TestApp[] = [];

  constructor(browser: () => Browser) {
    this.#browser = browser;
  }

  /** @param before - called before the page is opened */
  async open(address: string, look: BrowserContextOptions = {}, before?: (page: Page) => Promise<unknown>) {
    const visited = await visit(this.#browser(), address, look, before);
    this.#visits.push(visited);
    return visited;
  }

  /** Opens the page of an app with the key, and waits until it has read everything. */
  async read(url: string, look?: BrowserContextOptions, before?: (page: Page) => Promise<unknown>) {
    const visited = await this.open(`${url}/api/dashboard#code=${KEY}`, look, before);
    await hasRead(visited);
    return visited;
  }

  /** Starts an app for one test. It ends after the pages: a page that polls an ended app reports an error. */
  async startApp(...options: Parameters<typeof startApp>): Promise<TestApp> {
    const app = await startApp(...options);
    this.#apps.push(app);
    return app;
  }

  async end(): Promise<void> {
    const visits = this.#visits.splice(0);
    const apps = this.#apps.splice(0);
    const errors = visits.flatMap((one) => one.errors);
    await Promise.all(visits.map(({ page }) => page.context().close()));
    await Promise.all(apps.map((app) => app.close()));
    expect(errors).toEqual([]);
  }
}

/**
 * Prepares a test file for tests in a browser: with a browser and an app for all of its tests.
 *
 * @returns `describe` for these tests, which skips them if no Chromium is found
 */
export function useBrowser(start: () => Promise<TestApp>): { inBrowser: typeof describe.skip; visits: Visits } {
  // A browser with an app, a cluster and a storage emulator is slow on a busy machine.
  jest.setTimeout(120_000);
  let browser: Browser;
  const visits = new Visits(() => browser);
  const chromium = findChromium();
  if (!chromium) {
    console.warn('Tests in a browser are skipped: no Chromium was found. Set CHROMIUM_PATH to its path.');
    return { inBrowser: describe.skip, visits };
  }
  let app: TestApp;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launchChromium(chromium), start()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
  afterEach(() => visits.end());
  return { inBrowser: describe, visits };
}

/** Waits until the page shows its first data. */
export async function hasRead({ page }: Visit): Promise<void> {
  await page.locator('#outcomes, .errors').first().waitFor();
}

/** Makes the app read its tables now: otherwise its answer is cached for 15 seconds. */
export async function readAnew(url: string): Promise<void> {
  await fetch(`${url}/api/dashboard/status?fresh=tables&code=${KEY}`);
}

export const button = ({ page }: Visit, name: string | RegExp) => page.getByRole('button', { name });

/** The results of the newest actions. */
export const notices = ({ page }: Visit) => page.locator('#notices .notice > span');

/** The text of the focused control. */
export const focused = ({ page }: Visit) => page.evaluate(() => document.activeElement?.textContent ?? '');

/** Expands everything, and opens the list of all sessions. */
export async function unfold({ page }: Visit): Promise<void> {
  for (const summary of await page.locator('main summary').all()) if (await summary.isVisible()) await summary.click();
  const all = page.getByRole('radio', { name: 'All' });
  if ((await all.count()) === 0) return;
  await all.check();
  await page.getByRole('table', { name: 'All registered sessions' }).waitFor();
}

/** Expects no accessibility violations and no overflow, with everything expanded. */
export async function expectGood(visited: Visit): Promise<void> {
  await unfold(visited);
  expect(await visited.axe()).toEqual([]);
  expect(await visited.overflow()).toBeLessThanOrEqual(0);
}
