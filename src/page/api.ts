import { readKey } from './key.ts';
import { visible } from './text.ts';

/** How long to wait for an answer, in milliseconds: longer than the platform's load balancer does. */
const LONGEST_MS = 240_000;

/** The base of the routes. The page is one of them, so the route prefix is the page's own. */
const api = () => location.pathname.replace(/\/dashboard\/?$/i, '');

/** The error for a successful answer with unexpected content. */
export const FOREIGN = 'The answer is not this app’s: something between the app and this browser sent it.';

/** The app refused the request, failed, or did not answer. */
export class AppError extends Error {
  override readonly name = 'AppError';
  /** `undefined` if no answer came. */
  readonly status: number | undefined;
  /** The JSON of the answer, if it is JSON. */
  readonly body: unknown;

  constructor(message: string, status?: number, body?: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * Calls a route of the app.
 *
 * @param timeoutMs - how long to wait for the answer
 * @throws {AppError} for everything but a successful answer
 */
export async function ask<T>(method: string, path: string, body?: object, timeoutMs = LONGEST_MS): Promise<T> {
  const key = readKey();
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${api()}${path}`, {
      method,
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...(key === undefined ? {} : { 'x-functions-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch {
    throw new AppError('The app did not answer. It may be restarting, or the network between is down.');
  }
  const parsed = parse(text);
  if (response.ok && typeof parsed === 'object' && parsed !== null) return parsed as T;
  throw new AppError(problemText(response.status, parsed), response.status, parsed);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a problem+json, or a general text without one. */
function problemText(status: number, body: unknown): string {
  const { title, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof detail === 'string') return visible(`${String(title)}. ${detail}`);
  if (status === 401) return 'Key rejected.';
  if (status === 200) return FOREIGN;
  return `The app answered ${status}. Its log says more.`;
}
