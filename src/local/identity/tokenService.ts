import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour, BehaviourChange, IdentityStatus } from './controlContract.ts';
import type { IdentityTokens } from './identityTokens.ts';
import { parseTokenRequest, type Refusal } from './tokenRequest.ts';

/** The lifetime of a managed identity's token. */
const DAY_SECONDS = 86_400;

const ASKED_CAPACITY = 10_000;

const DEFAULT_BEHAVIOUR: Behaviour = {
  latencyMs: 0,
  lifetimeSeconds: DAY_SECONDS,
  roles: ['Admin'],
  audience: null,
  forged: false,
  keepsTokens: false,
  fault: null,
};

/** Issues tokens by the App Service protocol, with the faults that were set through the control listener. */
export class TokenService {
  readonly #secret: string;
  readonly #identityTokens: IdentityTokens;
  #behaviour = DEFAULT_BEHAVIOUR;
  #faultsLeft = Number.POSITIVE_INFINITY;
  #requests = 0;
  #tokens = 0;
  #asked: IdentityStatus['asked'] = [];

  /** @param secret - the expected value of the header `X-IDENTITY-HEADER` */
  constructor(secret: string, tokens: IdentityTokens) {
    this.#secret = secret;
    this.#identityTokens = tokens;
  }

  status(): IdentityStatus {
    return { requests: this.#requests, tokens: this.#tokens, asked: this.#asked, behaviour: this.#behaviour };
  }

  /** Changes some members of the behaviour. */
  behave(change: BehaviourChange): void {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#behaviour = { ...this.#behaviour, ...Object.fromEntries(given) };
    if (change.fault !== undefined) this.#faultsLeft = change.fault?.times ?? Number.POSITIVE_INFINITY;
  }

  reset(): void {
    this.#behaviour = DEFAULT_BEHAVIOUR;
    this.#identityTokens.forget();
    this.#requests = 0;
    this.#tokens = 0;
    this.#asked = [];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1;
    if (this.#behaviour.latencyMs > 0) await delay(this.#behaviour.latencyMs);
    const asked = parseTokenRequest(request, this.#secret);
    if ('resource' in asked && this.#asked.length < ASKED_CAPACITY) {
      this.#asked.push({ resource: asked.resource, clientId: asked.clientId ?? null });
    }
    const { fault } = this.#behaviour;
    if (fault && this.#faultsLeft > 0) {
      this.#faultsLeft -= 1;
      if (fault.connection === 'break') request.socket.destroy();
      if (!fault.answer) return;
      const { status, body, contentType = 'application/json', headers } = fault.answer;
      if (body === undefined) return refuse(response, { status, message: 'A simulated fault.' });
      response.writeHead(status, { 'Content-Type': contentType, ...headers }).end(body);
      return;
    }
    const answer = 'resource' in asked ? this.#identityTokens.answer(asked, this.#behaviour) : asked;
    if ('status' in answer) return refuse(response, answer);
    this.#tokens += 1;
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
  }
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const body = JSON.stringify({ statusCode: status, message, correlationId: randomUUID() });
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(body);
}
