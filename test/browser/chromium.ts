import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The usual paths. `CHROMIUM_PATH` takes precedence. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns the path of the system's Chromium; `undefined` if it is not found there or in `CHROMIUM_PATH` */
export function findChromium(): string | undefined {
  const told = process.env['CHROMIUM_PATH'];
  return (told ? [told] : USUAL_PATHS).find((path) => existsSync(path));
}

/** Starts a headless browser with its own profile, which sends no requests by itself. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({
    executablePath,
    headless: true,
    // The pages under test are on 127.0.0.1. All other hosts are unreachable.
    args: [
      '--no-sandbox',
      ...quiet,
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}
