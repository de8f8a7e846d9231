import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpResponseInit } from '@azure/functions';

/** A bucket. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0b62c4" d="M2 3h12l-2 12H4Z"/><path fill="none" stroke="#fff" stroke-width="1.5" d="m5 8 2.2 2.5L11.5 6"/></svg>',
)}`;

let made: Promise<HttpResponseInit> | undefined;

/**
 * The page: one static document that contains the script and the style sheet from the build. The script then asks for the key and
 * reads the data.
 *
 * @throws if the page was not built
 */
export function pageDocument(): Promise<HttpResponseInit> {
  made ??= make();
  return made;
}

async function make(): Promise<HttpResponseInit> {
  const folder = pageFolder();
  const [script, style] = await Promise.all([
    readFile(join(folder, 'page.js'), 'utf8'),
    readFile(join(folder, 'page.css'), 'utf8'),
  ]);
  // The page's address may contain the key, so it must not reach other sites or caches.
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': securityPolicy(script, style),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
  return { status: 200, headers, body: documentOf(script, style) };
}

/** The folder `dist` of the app: the bundle is inside it, the sources are beside it. */
function pageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, 'dist', 'page.js'))) return join(folder, 'dist');
    const parent = dirname(folder);
    if (parent === folder) throw new Error('dist/page.js is missing: the page was not built. Run `npm run build`.');
    folder = parent;
  }
}

/**
 * Allows only the page's own style and script, by their hashes, and requests only to the page's own origin.
 *
 * @see Content Security Policy Level 3, and Trusted Types for the last two
 */
function securityPolicy(script: string, style: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

const documentOf = (script: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Upload sessions</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript><main><h1>Upload sessions</h1><p>This page needs JavaScript. Without it, use the command line on a machine with the app’s settings:</p><ul><li><code>upload-session-sweeper doctor</code> checks every part</li><li><code>upload-session-sweeper list</code> lists the upload sessions</li><li><code>upload-session-sweeper sweep --dry-run</code> shows what a sweep would do</li></ul></main></noscript>
<script>${script}</script>
</body>
</html>
`;
