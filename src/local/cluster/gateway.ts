import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { arrivalOf, lacksLength } from './arrival.ts';
import type { Authorize } from './authorize.ts';
import type { EntraMetadata } from './entraMetadata.ts';
import { isApplied } from './faultRule.ts';
import type { FaultRules } from './faultRules.ts';
import { fabricError, type GatewayAnswer, success } from './gatewayAnswer.ts';
import { type GatewayCall, isRefusedByGateway, parseGatewayUrl } from './gatewayUrl.ts';
import type { ImageStore } from './imageStore.ts';
import type { LoggedRequest, RequestLog } from './requestLog.ts';
import { breakConnection, sendAnswer, sendPadded } from './sendAnswer.ts';

/** The settings of a cluster's gateway. */
export interface GatewaySettings {
  /** The expected value of the header `ClusterId`; not checked by default. */
  clusterId?: string | undefined;
  entraMetadata?: EntraMetadata | undefined;
}

/** The cluster's HTTP gateway endpoint: everything between a request and the image store. */
export class Gateway {
  /** Whether it is a Linux cluster, which has no operations for upload sessions. */
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

  /** Handles a request. A bug in the simulation is answered with 500 and printed to stderr. */
  handle(request: IncomingMessage, response: ServerResponse, authorize: Authorize): void {
    this.#handle(request, response, authorize).catch((error: unknown) => {
      if (request.socket.destroyed) return;
      console.error('The simulated gateway failed.', error);
      if (!response.headersSent) sendAnswer(response, fabricError('E_FAIL'), this.#clusterDate());
      else request.socket.destroy();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, authorize: Authorize): Promise<void> {
    await this.#store.dropExpired();
    const call = parseGatewayUrl(request.method ?? '', request.url ?? '', this.linux);
    const logged = this.#log.add(arrivalOf(request, call, this.#store));
    const fault = this.#faults.match(call.operation, logged.sessionId);
    if (!fault) {
      const answer = await this.#answer(request, call, logged, authorize);
      this.#logAnswer(logged, answer, request);
      return sendAnswer(response, answer, this.#clusterDate());
    }

    const { rule } = fault;
    logged.faultId = fault.id;
    if (rule.latencyMs !== undefined) await delay(rule.latencyMs);
    let answer: GatewayAnswer = success();
    if (isApplied(rule)) answer = await this.#answer(request, call, logged, authorize);
    else logged.applied = false;
    request.resume();
    if (rule.answer) answer = rule.answer;
    if (rule.connection) logged.broken = rule.connection;
    if (rule.connection === 'noAnswer') return;
    if (rule.connection !== 'breakBeforeAnswer') this.#logAnswer(logged, answer, request);
    if (rule.connection) return breakConnection(response, rule.connection, answer, this.#clusterDate());
    if (rule.answer?.padToBytes === undefined) return sendAnswer(response, answer, this.#clusterDate());
    await sendPadded(response, answer, this.#clusterDate(), rule.answer.padToBytes);
  }

  /** Handles a request without faults, in the order of the real gateway. */
  async #answer(
    request: IncomingMessage,
    call: GatewayCall,
    logged: LoggedRequest,
    authorize: Authorize,
  ): Promise<GatewayAnswer> {
    logged.applied = true;
    if (lacksLength(request)) return { status: 411 };
    if (call.operation === 'unknown') return fabricError('E_INVALIDARG');
    const { clusterId } = this.#settings;
    const given = logged.clusterId?.toLowerCase();
    if (clusterId !== undefined && given !== undefined && given !== clusterId.toLowerCase()) {
      return fabricError('E_ACCESSDENIED');
    }
    if (call.operation === 'entraMetadata') return this.#describeEntra();
    const authorization = await authorize(request);
    if (!authorization.allowed) {
      const { status, code, reason, headers } = authorization;
      return code === undefined ? { status, reason, headers } : fabricError(code);
    }
    if (authorization.by) logged.admittedBy = authorization.by;

    return await this.#askPrimary(request, authorization.content ?? request, call, logged);
  }

  /** Repeats the call while the image store's primary moves. */
  async #askPrimary(
    request: IncomingMessage,
    content: Readable,
    call: GatewayCall,
    logged: LoggedRequest,
  ): Promise<GatewayAnswer> {
    if (!isRefusedByGateway(call)) {
      const { reached, attempts } = await this.#store.primary.reach(call.timeoutSeconds);
      if (attempts > 1) logged.attempts = attempts;
      if (!reached) {
        logged.applied = false;
        request.resume();
        return fabricError('FABRIC_E_TIMEOUT');
      }
    }
    if (call.operation === 'delete' && call.sessionId !== undefined) {
      const session = this.#store.sessions.find(call.sessionId.toLowerCase());
      logged.performedAt = this.#store.clock.now();
      if (session) logged.modifiedAt = session.modifiedAt;
      else delete logged.modifiedAt;
    }
    const performed = await this.#store.perform(call, content, request.headers['content-range']);
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

  #logAnswer(logged: LoggedRequest, answer: GatewayAnswer, request: IncomingMessage): void {
    logged.status = answer.status;
    logged.answeredAtWallClock = Date.now();
    if (answer.code !== undefined) logged.code = answer.code;
    if (request.socket.destroyed) logged.clientGone = true;
  }

  /** The value of the `Date` header, by the cluster's clock. It changes once a second. */
  #clusterDate(): string {
    const second = Math.floor(this.#store.clock.now() / 1_000);
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1_000).toUTCString() };
    return this.#date.text;
  }
}
