import type { HttpResponseInit } from '@azure/functions';

/**
 * Makes an error answer.
 *
 * @param detail - what was wrong and how to fix it, for a person; no secrets
 * @param more - additional members for programs
 * @see RFC 9457, Problem Details for HTTP APIs
 */
export function problem(
  status: number,
  title: string,
  detail: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, ...more }),
  };
}
