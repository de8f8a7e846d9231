import { readKey } from './key.ts';
import { visible } from './text.ts';

/** An answer is waited for this long, in milliseconds: longer than the platform's load balancer does. */
const LONGEST_MS = 240_000;

/** Where the routes are: the page stands among them, behind whatever prefix. */
const api = () => location.pathname.replace(/\/dashboard\/?$/i, '');

/** What a good answer with other content means. */
export const FOREIGN = 'The answer is not this app’s: something between the app and this browser sent it.';

/** The app refused, failed, or did not answer. */
export class AppError extends Error {
  override readonly name = 'AppError';
  /** `undefined` if no answer came. */
  readonly status: number | undefined;
  /** The JSON of the answer, as far as it is some. */
  readonly body: unknown;

  constructor(message: string, status?: number, body?: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * Asks a route of the app.
 *
 * @param timeoutMs - how long the answer is waited for
 * @throws {AppError} for everything but a good answer
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

/** The words of a problem+json, or what can be said without. */
function problemText(status: number, body: unknown): string {
  const { title, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof detail === 'string') return visible(`${String(title)}. ${detail}`);
  if (status === 401) return 'Key rejected.';
  if (status === 200) return FOREIGN;
  return `The app answered ${status}. Its log says more.`;
}
