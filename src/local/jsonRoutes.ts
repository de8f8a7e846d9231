import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { foreignRequest } from './foreignRequest.ts';

/** Handles a control request. @returns the answer, which is sent as JSON */
export type Route = (body: unknown, query: Record<string, string>) => unknown;

/**
 * Makes the handler of a control listener. Requests and answers are JSON. It answers 400 with `{"error"}` to an invalid request, 404 to
 * an unknown one, and 403 to one from a web page of another site.
 *
 * @param routes - by method and path, such as `GET /status`
 */
export function jsonRoutes(routes: Record<string, Route>): RequestListener {
  return (request, response) => {
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value ?? {}));
    };
    handle(routes, request).then(
      (value) => answer(200, value),
      (error: unknown) => {
        if (error instanceof ForeignRequest) return answer(403, { error: error.message });
        if (error instanceof UnknownRoute) return answer(404, { error: error.message });
        if (v.isValiError(error)) return answer(400, { error: v.summarize(error.issues) });
        if (error instanceof SyntaxError) return answer(400, { error: `The body is not JSON: ${error.message}` });
        answer(500, { error: String(error) });
      },
    );
  };
}

/** The library takes a list for an object. */
const noList = v.pipe(
  v.unknown(),
  v.check((body) => !Array.isArray(body), 'The body must be a JSON object.'),
);

class ForeignRequest extends Error {}
class UnknownRoute extends Error {}

async function handle(routes: Record<string, Route>, request: IncomingMessage): Promise<unknown> {
  const foreign = foreignRequest(request.headers);
  if (foreign !== undefined) throw new ForeignRequest(foreign);
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) throw new UnknownRoute(`There is no ${request.method} ${url.pathname} here.`);
  const body = await text(request);
  return await route(v.parse(noList, body === '' ? undefined : JSON.parse(body)), Object.fromEntries(url.searchParams));
}
