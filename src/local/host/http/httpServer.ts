import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { foreignRequest } from '../../foreignRequest.ts';
import { HOST_API_REASON } from '../call.ts';
import type { Invoker } from '../invoker.ts';
import type { HttpResponseData } from '../protocol.ts';
import { type AdminState, answerAdmin } from './adminApi.ts';
import { answerEmpty, answerFunction, answerText } from './httpAnswer.ts';
import type { HttpRoute } from './httpRoute.ts';
import { type HostKeys, isAllowed } from './keys.ts';
import { BodyTooLargeError, decodePath, splitTarget, toRpcRequest } from './rpcRequest.ts';

/** Bytes. [azure-functions-host, ScriptConstants.cs] */
const DEFAULT_BODY_LIMIT = 104_857_600;
/** The default of Kestrel. With Node's 5 s, a connection would often be closed during a client's next request. */
const KEEP_ALIVE_MS = 130_000;
/** How long sending the last answers may take. */
const FLUSH_MS = 1_000;

export interface HttpServerOptions {
  /** 0 for any free port. */
  port: number;
  /** `undefined` to check no keys, as with `func start`. */
  keys: HostKeys | undefined;
  /** Bytes. */
  bodyLimit: number | undefined;
}

/** Listens on loopback only. Answers 503 before `serve` is called, and while it is closing. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #routes: HttpRoute[] = [];
  #admin: AdminState | undefined;
  #closed: Promise<void> = Promise.resolve();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#handle(request, response).catch(() => answerEmpty(response, 500));
    });
  }

  /** @returns the port it listens on. @throws Error with code EADDRINUSE if the port is in use */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : this.#options.port);
      });
    });
  }

  addRoute(route: HttpRoute): void {
    this.#routes.push(route);
  }

  serve(admin: AdminState): void {
    this.#admin = admin;
  }

  /** Accepts no more requests. Answers in progress are still sent. */
  stopAccepting(): void {
    this.#admin = undefined;
    // Also closes idle connections now, and the others after their answer.
    this.#closed = new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Waits a short time for the last answers, and closes all connections. */
  async close(): Promise<void> {
    this.#server.closeIdleConnections();
    await Promise.race([this.#closed, delay(FLUSH_MS, undefined, { ref: false })]);
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = foreignRequest(request.headers);
    if (foreign !== undefined) return answerText(response, 403, foreign);
    const admin = this.#admin;
    if (!admin) {
      response.setHeader('connection', 'close');
      return answerEmpty(response, 503);
    }
    const { path, query } = splitTarget(request);
    const decoded = decodePath(path);
    const allowed = (level: HttpRoute['authLevel'], functionName?: string) =>
      !this.#options.keys || isAllowed(this.#options.keys, level, request, query, functionName);

    if (/^\/admin(\/|$)/i.test(decoded)) {
      return allowed('admin') ? answerAdmin(decoded, request, response, admin) : answerEmpty(response, 401);
    }
    const found = this.#find(request.method ?? '', decoded);
    if (!found) return answerEmpty(response, 404);
    if (!allowed(found.route.authLevel, found.route.fn.name)) return answerEmpty(response, 401);
    await this.#run(admin.invoker, found.route, found.params, request, response);
  }

  /** The first route that matches path and method is used, even if a later one is more specific. */
  #find(method: string, path: string): { route: HttpRoute; params: Record<string, string> } | undefined {
    const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/');
    for (const route of this.#routes) {
      if (!route.methods.includes(method)) continue;
      const params = route.template.match(segments[0] === '' && segments.length === 1 ? [] : segments);
      if (params) return { route, params };
    }
    return undefined;
  }

  async #run(
    invoker: Invoker,
    route: HttpRoute,
    params: Record<string, string>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let http: Awaited<ReturnType<typeof toRpcRequest>>;
    try {
      http = await toRpcRequest(request, params, this.#options.bodyLimit ?? DEFAULT_BODY_LIMIT);
    } catch (error) {
      if (error instanceof BodyTooLargeError) {
        response.setHeader('connection', 'close');
        answerEmpty(response, 413);
      }
      return; // Otherwise the client closed the connection while it was sending.
    }
    const { traceparent: traceParent, tracestate: traceState } = request.headers;
    const result = await invoker.call(route.fn, {
      reason: HOST_API_REASON,
      input: async () => ({ http }),
      ...(typeof traceParent === 'string' && { traceParent }),
      ...(typeof traceState === 'string' && { traceState }),
    });
    if (!result.succeeded) return answerEmpty(response, 500);
    answerFunction(response, result.response.returnValue?.http as HttpResponseData | undefined);
  }
}
