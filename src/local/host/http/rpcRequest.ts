import type { IncomingMessage } from 'node:http';
import type { HttpRequestData, NullableText } from '../protocol.ts';

/** The body is larger than the host takes: 413. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The path and the query of a request, which may name its host too. */
export function splitTarget(request: IncomingMessage): { path: string; query: string } {
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path || '/', query: mark < 0 ? '' : target.slice(mark) };
}

/** Percent-decodes a path as Kestrel does: all but `%2F`; what is no UTF-8 stays as it is. */
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
 * Reads a request into the shape in which the host hands it to its worker.
 *
 * A body without `Content-Length` arrives empty. [azure-functions-host, GrpcMessageConversionExtensions.cs]
 *
 * @param bodyLimit - bytes
 * @throws BodyTooLargeError before anything of such a body is read
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

/** Repeats are joined by a comma; names that differ in case only are one, under the name that came first. */
function joined(pairs: Iterable<[string, string]>, toName: (name: string) => string): Record<string, NullableText> {
  const byKey = new Map<string, { name: string; value: string }>();
  for (const [name, value] of pairs) {
    const known = byKey.get(name.toLowerCase());
    if (known) known.value = `${known.value},${value}`;
    else byKey.set(name.toLowerCase(), { name: toName(name), value });
  }
  return Object.fromEntries([...byKey.values()].map(({ name, value }) => [name, { value }]));
}
