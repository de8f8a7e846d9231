import { createHash } from 'node:crypto';
import type { HttpResponseInit } from '@azure/functions';
import { clientScript } from './clientScript.ts';
import { type Html, html, trusted } from './html.ts';
import { styles } from './styles.ts';

/** A bucket, as this app empties them. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0b62c4" d="M2 3h12l-2 12H4Z"/><path fill="none" stroke="#fff" stroke-width="1.5" d="m5 8 2.2 2.5L11.5 6"/></svg>',
)}`;

/** How the browser names a text that it may run or apply. */
const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Nothing but the page's own style and script, by their hashes; requests to where the page came from, and nowhere else.
 *
 * @see Content Security Policy Level 3, and Trusted Types for the last two
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src ${hash(clientScript)}`,
  `style-src ${hash(styles)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types page',
].join('; ');

/** The address may hold the key: it goes to nobody, and nothing is kept. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The whole document around a content, as an answer. */
export function page(status: number, body: Html): HttpResponseInit {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Upload sessions</title>
<link rel="icon" href="${ICON}">
<style>${trusted(styles)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return { status, headers: HEADERS, body: String(document) };
}

/** The script, for the end of a body. */
export const script: Html = html`<script>${trusted(clientScript)}</script>`;
