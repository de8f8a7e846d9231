import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Authorize, allowAll } from './authorize.ts';
import { isApplied } from './faultRule.ts';
import type { FaultRules } from './faultRules.ts';
import { fabricError, type GatewayAnswer, success } from './gatewayAnswer.ts';
import { type GatewayCall, parseGatewayUrl } from './gatewayUrl.ts';
import type { ImageStore } from './imageStore.ts';
import type { LoggedRequest, RequestLog } from './requestLog.ts';
import { breakConnection, sendAnswer, sendPadded } from './sendAnswer.ts';

/** What the anonymous metadata request answers on a cluster that has Microsoft Entra ID switched on. */
export interface EntraMetadata {
  authority: string;
  client: string;
  cluster: string;
  login: string;
  redirect: string;
  tenant: string;
}

/** What makes one cluster's gateway differ from another's. */
export interface GatewaySettings {
  /** None: the header `ClusterId` is not looked at, as on a cluster that has no such setting. */
  clusterId?: string | undefined;
  entraMetadata?: EntraMetadata | undefined;
  authorize?: Authorize | undefined;
}

/** The cluster's HTTP gateway endpoint: what stands between a request and the image store. */
export class Gateway {
  /** A cluster on Linux has no upload-session operations at all. */
  linux = false;
  readonly #store: ImageStore;
  readonly #faults: FaultRules;
  readonly #log: RequestLog;
  readonly #settings: GatewaySettings;
  #date = { second: 0, text: '' };

  constructor(store: ImageStore, faults: FaultRules, log: RequestLog, settings: GatewaySettings) {
    this.#store = store;
    this.#faults = faults;
    this.#log = log;
    this.#settings = settings;
  }

  /** Handles a request to its end. A mistake of ours is a 500, and told on the error stream. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#handle(request, response).catch((error: unknown) => {
      if (request.socket.destroyed) return;
      console.error('The simulated gateway failed.', error);
      if (!response.headersSent) sendAnswer(response, fabricError('E_FAIL'), this.#clusterDate());
      else request.socket.destroy();
    });
  };

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#store.dropExpired();
    const call = parseGatewayUrl(request.method ?? '', request.url ?? '', this.linux);
    const logged = this.#logArrival(request, call);
    const fault = this.#faults.match(call.operation, logged.sessionId);
    if (!fault) {
      const answer = await this.#work(request, call, logged);
      this.#logAnswer(logged, answer, request);
      return sendAnswer(response, answer, this.#clusterDate());
    }

    const { rule } = fault;
    logged.faultId = fault.id;
    if (rule.latencyMs !== undefined) await delay(rule.latencyMs);
    let answer: GatewayAnswer = success();
    if (isApplied(rule)) answer = await this.#work(request, call, logged);
    else logged.applied = false;
    request.resume();
    if (rule.answer) answer = rule.answer;
    if (rule.connection) logged.broken = rule.connection;
    if (rule.connection === 'deaf') return;
    if (rule.connection !== 'breakBeforeAnswer') this.#logAnswer(logged, answer, request);
    if (rule.connection) return breakConnection(response, rule.connection, answer, this.#clusterDate());
    if (rule.answer?.padToBytes === undefined) return sendAnswer(response, answer, this.#clusterDate());
    await sendPadded(response, answer, this.#clusterDate(), rule.answer.padToBytes);
  }

  /** What the real gateway does with a request, in its order. */
  async #work(request: IncomingMessage, call: GatewayCall, logged: LoggedRequest): Promise<GatewayAnswer> {
    logged.applied = true;
    if (lacksLength(request)) return { status: 411 };
    if (call.operation === 'unknown') return fabricError('E_INVALIDARG');
    const { clusterId } = this.#settings;
    const asked = logged.clusterId?.toLowerCase();
    if (clusterId !== undefined && asked !== undefined && asked !== clusterId.toLowerCase()) {
      return fabricError('E_ACCESSDENIED');
    }
    if (call.operation === 'entraMetadata') return this.#describeEntra();
    const authorization = await (this.#settings.authorize ?? allowAll)(request);
    if (!authorization.allowed) {
      const { status, code, reason, headers } = authorization;
      return code === undefined ? { status, reason, headers } : fabricError(code);
    }
    if (authorization.by) logged.admittedBy = authorization.by;

    const performed = await this.#store.perform(call, request, request.headers['content-range']);
    if (call.operation === 'delete') {
      logged.deleted = performed.bytesFreed !== undefined;
      logged.bytesFreed = performed.bytesFreed ?? 0;
    }
    return performed.answer;
  }

  #describeEntra(): GatewayAnswer {
    const { entraMetadata } = this.#settings;
    return success(entraMetadata ? { type: 'aad', metadata: entraMetadata } : { type: '', metadata: {} });
  }

  #logArrival(request: IncomingMessage, call: GatewayCall): LoggedRequest {
    const { operation, timeoutSeconds } = call;
    const sessionId = call.sessionId?.toLowerCase();
    const requestId = headerOf(request, 'x-servicefabricrequestid');
    const clusterId = headerOf(request, 'clusterid');
    const session =
      operation === 'delete' && sessionId !== undefined ? this.#store.sessions.find(sessionId) : undefined;
    return this.#log.add({
      arrivedAt: this.#store.clock.now(),
      arrivedAtWallClock: Date.now(),
      operation,
      method: request.method ?? '',
      ...(sessionId !== undefined && { sessionId }),
      ...(requestId !== undefined && { requestId }),
      ...(clusterId !== undefined && { clusterId }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(session && { modifiedAt: session.modifiedAt }),
    });
  }

  #logAnswer(logged: LoggedRequest, answer: GatewayAnswer, request: IncomingMessage): void {
    logged.status = answer.status;
    logged.answeredAtWallClock = Date.now();
    if (answer.code !== undefined) logged.code = answer.code;
    if (request.socket.destroyed) logged.clientGone = true;
  }

  /** The `Date` header's text, by the cluster's clock. It changes once a second. */
  #clusterDate(): string {
    const second = Math.floor(this.#store.clock.now() / 1_000);
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1_000).toUTCString() };
    return this.#date.text;
  }
}

/** http.sys, on which the real gateway sits, refuses a PUT or POST that doesn't say where its body ends. */
function lacksLength(request: IncomingMessage): boolean {
  if (request.method !== 'PUT' && request.method !== 'POST') return false;
  return request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
