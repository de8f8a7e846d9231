import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A browser with the page, and its errors. */
export interface Visit {
  page: Page;
  /** Violations of the content security policy, errors of the script, and requests to anywhere but the app. */
  errors: string[];
  /** The page's requests to the app, as `METHOD /path`. */
  asked: string[];
  /** The violations that axe-core finds in the current page. */
  axe(): Promise<string[]>;
  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number>;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The browser's console line about an answer with an error status, which the page itself shows. */
const ERROR_STATUS = /^Failed to load resource: the server responded with a status of (401|404|409|50\d) /;

/**
 * @param address - of the page
 * @param context - width, colour scheme and similar options
 * @param before - called before the page is opened
 */
export async function visit(
  browser: Browser,
  address: string,
  context: BrowserContextOptions = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Visit> {
  const { origin } = new URL(address);
  const errors: string[] = [];
  const asked: string[] = [];
  const opened = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...context });
  const page = await opened.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !ERROR_STATUS.test(message.text())) errors.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin === origin) asked.push(`${request.method()} ${url.pathname}`);
    else if (url.protocol !== 'data:') errors.push(`A request to ${url}`);
  });
  await page.exposeFunction('reportViolation', (what: string) => void errors.push(what));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      const { reportViolation } = window as unknown as { reportViolation(what: string): void };
      reportViolation(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  await before(page);
  await page.goto(address);
  return {
    page,
    errors,
    asked,
    async axe() {
      await page.evaluate(AXE);
      const { violations, passes } = await page.evaluate(() =>
        (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
      );
      if (passes.length < 10) throw new Error('axe-core has looked at next to nothing.');
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    },
    overflow: () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  };
}
