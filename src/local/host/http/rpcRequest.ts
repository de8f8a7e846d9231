import type { IncomingMessage } from 'node:http';
import type { HttpRequestData, NullableText } from '../protocol.ts';

/** The body is longer than the host's limit, which is answered with 413. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The path and the query of a request target, which can be an absolute URL. */
export function splitTarget(request: IncomingMessage): { path: string; query: string } {
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path || '/', query: mark < 0 ? '' : target.slice(mark) };
}

/** Percent-decodes a path as Kestrel does: everything but `%2F`, and sequences that are not UTF-8. */
export function decodePath(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    run
      .split(/(%2f)/i)
      .map((part) => {
        if (/^%2f$/i.test(part)) return part;
        try {
          return decodeURIComponent(part);
        } catch {
          return part;
        }
      })
      .join(''),
  );
}

/**
 * Converts a request to the form in which the host passes it to its worker.
 *
 * A body without `Content-Length` arrives empty. [azure-functions-host, GrpcMessageConversionExtensions.cs]
 *
 * @param bodyLimit - bytes
 * @throws BodyTooLargeError before the body is read
 */
export async function toRpcRequest(
  request: IncomingMessage,
  params: Record<string, string>,
  bodyLimit: number,
): Promise<HttpRequestData> {
  const { path, query } = splitTarget(request);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bodyLimit) throw new BodyTooLargeError();
  const body = length > 0 ? await readBody(request) : undefined;
  return {
    url: `http://${request.headers.host ?? 'localhost'}${path}${query}`,
    method: request.method ?? 'GET',
    nullableHeaders: joined(headerPairs(request.rawHeaders), (name) => name.toLowerCase()),
    nullableQuery: joined(new URLSearchParams(query), (name) => name),
    nullableParams: joined(Object.entries(params), (name) => name),
    ...(body && { body: { bytes: body } }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function* headerPairs(raw: string[]): Iterable<[string, string]> {
  for (let index = 0; index < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? ''];
}

/** Joins repeated values with a comma. Names are case-insensitive; the first spelling is used. */
function joined(pairs: Iterable<[string, string]>, toName: (name: string) => string): Record<string, NullableText> {
  const byKey = new Map<string, { name: string; value: string }>();
  for (const [name, value] of pairs) {
    const known = byKey.get(name.toLowerCase());
    if (known) known.value = `${known.value},${value}`;
    else byKey.set(name.toLowerCase(), { name: toName(name), value });
  }
  return Object.fromEntries([...byKey.values()].map(({ name, value }) => [name, { value }]));
}
