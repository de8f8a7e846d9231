import { Ajv2020 } from '@redocly/ajv/dist/2020.js';
import type { Child } from '../../src/local/childProcess.ts';
import type { SimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { runNow, startApp, until } from './app.ts';
import type { TestTables } from './tables.ts';
import { keepAnswer } from './transcript.ts';

/** An answer that was validated against the API description. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  // The type depends on the route, and was validated. A page is in `html`.
  body: Record<string, unknown>;
}

/** The whole app on the local functions host, with its own simulated cluster and tables. */
export interface ApiHost {
  /** The functions host's address. */
  address: string;
  host: Child;
  tables: TestTables;
  cluster: SimulatedCluster;
  /** The API description that the app serves. */
  description: Record<string, unknown>;
  /** All answers so far, as `METHOD /path status`. */
  seen: Set<string>;
  /**
   * Sends a request and validates the answer against the description.
   *
   * @param path - after `/api`
   * @param body - sent as JSON
   * @throws if the description does not have such an answer
   */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Sends a request that is answered without a body. */
  status(method: string, path: string): Promise<number>;
  /** Runs a timer's function and waits until it has ended. @returns the output in the meantime */
  runTimer(name: string): Promise<string>;
  output(): string;
  stop(): Promise<void>;
}

type Schema = Record<string, unknown>;
interface Described {
  paths: Record<string, Record<string, { responses: Record<string, Schema> }>>;
  components: { schemas: Record<string, Schema> };
}

/**
 * @param settings - additional app settings
 * @param hostArguments - of the functions host
 * @param key - for requesting the description
 */
export async function startApiHost(
  settings: Record<string, string> = {},
  hostArguments: string[] = [],
  key = '',
): Promise<ApiHost> {
  const { url: address, host, cluster, tables, close } = await startApp(settings, {}, hostArguments);
  const description = (await (await fetch(`${address}/api/openapi.json?code=${key}`)).json()) as Schema;
  const check = checker(description as unknown as Described);
  const seen = new Set<string>();
  return {
    address,
    host,
    tables,
    cluster,
    description,
    seen,
    async ask(method, path, body, headers = {}) {
      const response = await fetch(`${address}/api${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      });
      const text = await response.text();
      keepAnswer(text);
      const isPage = response.headers.get('content-type')?.startsWith('text/html');
      const answered = isPage ? { html: text } : (JSON.parse(text) as Record<string, unknown>);
      seen.add(check(method, path, response, isPage ? text : answered));
      return { status: response.status, headers: response.headers, body: answered };
    },
    status: async (method, path) => (await fetch(`${address}/api${path}`, { method })).status,
    async runTimer(name) {
      const from = host.output().length;
      const ended = new RegExp(`Executed 'Functions\\.${name}' \\((Succeeded|Failed)`);
      await runNow(address, name);
      return until(() => {
        const printed = host.output().slice(from);
        return ended.test(printed) ? printed : undefined;
      });
    },
    output: host.output,
    stop: close,
  };
}

/** Validates answers against the description. */
function checker({ paths, components }: Described) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)) && /T.*Z$/.test(text));
  ajv.addSchema({ $id: 'api:description', components });
  return (method: string, path: string, response: Response, body: unknown): string => {
    const [route, operations] = Object.entries(paths).find(([template]) => fits(template, path)) ?? [];
    const described = operations?.[method.toLowerCase()]?.responses[response.status];
    const what = `${method} ${route ?? path} ${response.status}`;
    if (!described) throw new Error(`The description has no answer ${what}: ${JSON.stringify(body)}`);
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    const { schema } = (described['content'] as Record<string, { schema: { $ref?: string } }>)[type] ?? {};
    if (!schema) throw new Error(`The description of ${what} has no ${type}.`);
    if (!ajv.validate(schema.$ref ? { $ref: `api:description${schema.$ref}` } : schema, body)) {
      throw new Error(`${what} is not as described: ${ajv.errorsText()}: ${JSON.stringify(body)}`);
    }
    return what;
  };
}

function fits(template: string, path: string): boolean {
  const [bare = ''] = path.split('?');
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}/?$`).test(bare);
}
