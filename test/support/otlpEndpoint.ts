import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepLine } from './transcript.ts';

type Attributes = Record<string, string | number | boolean>;

/** One data point of a metric; for a histogram, its sum and count. */
export interface ReceivedPoint {
  attributes: Attributes;
  value: number;
  count?: number;
}

export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  /** 3: client; 1: internal. */
  kind: number;
  attributes: Attributes;
  failed: boolean;
}

/** An OTLP/HTTP endpoint that records what it receives. */
export interface OtlpEndpoint {
  url: string;
  /** The unparsed bodies, by path. */
  bodies: { path: string; text: string; headers: IncomingMessage['headers'] }[];
  /** The newest values of a metric, one for each set of attributes. They are cumulative since the sender's start. */
  metric(name: string): { unit: string; points: ReceivedPoint[] } | undefined;
  spans(): ReceivedSpan[];
  /** Changes its answers from now on: a status, or no answer; `undefined` for the usual answers. */
  answerWith(how?: number | 'nothing'): void;
  close(): Promise<void>;
}

interface Value {
  stringValue?: string;
  intValue?: string | number;
  doubleValue?: number;
  boolValue?: boolean;
}
interface Point {
  attributes: { key: string; value: Value }[];
  asInt?: string | number;
  asDouble?: number;
  sum?: number;
  count?: string | number;
}
interface Metric {
  name: string;
  unit: string;
  sum?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
  histogram?: { dataPoints: Point[] };
}
interface Span extends Omit<ReceivedSpan, 'attributes' | 'failed'> {
  attributes: Point['attributes'];
  status: { code?: number };
}
interface Body {
  resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[];
  resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
}

/** Listens on loopback, on any port. */
export async function startOtlpEndpoint(): Promise<OtlpEndpoint> {
  const bodies: OtlpEndpoint['bodies'] = [];
  let how: number | 'nothing' | undefined;
  const server = createServer(async (request, response) => {
    const text = await readText(request);
    if (how === undefined) {
      // Everything that leaves the app is searched for secrets.
      keepLine(text);
      bodies.push({ path: request.url ?? '', text, headers: request.headers });
    }
    answer(response, how);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received = () => bodies.map(({ text }) => JSON.parse(text) as Body);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    metric(name) {
      const all = received()
        .flatMap(({ resourceMetrics = [] }) => resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics))
        .flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name));
      const newest = all.at(-1);
      const data = newest?.sum ?? newest?.gauge ?? newest?.histogram;
      return newest && data && { unit: newest.unit, points: data.dataPoints.map(toPoint) };
    },
    spans: () =>
      received()
        .flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) =>
          spans.map(({ status, attributes, ...span }) => ({
            ...span,
            attributes: toAttributes(attributes),
            failed: status.code === 2,
          })),
        ),
    answerWith(other) {
      how = other;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, how: number | 'nothing' | undefined): void {
  if (how === 'nothing') return;
  response.writeHead(how ?? 200, { 'content-type': 'application/json' }).end('{}');
}

function toPoint({ attributes, asInt, asDouble, sum, count }: Point): ReceivedPoint {
  return {
    attributes: toAttributes(attributes),
    value: Number(asInt ?? asDouble ?? sum),
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}

function toAttributes(list: Point['attributes']): Attributes {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
