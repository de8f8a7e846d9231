import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour, BehaviourChange, IdentityStatus } from './controlContract.ts';
import type { TokenIssuer } from './tokenIssuer.ts';
import { parseTokenRequest, type Refusal, type TokenRequest } from './tokenRequest.ts';

/** The identities and resources that the endpoint issues tokens for. */
export interface TokenServiceSettings {
  /** The expected value of the header `X-IDENTITY-HEADER`. */
  secret: string;
  systemIdentity: string;
  /** Client ids. */
  userIdentities: readonly string[];
  /** The application on which the identities have roles. */
  clusterApplication: string;
  /** Other resources that tokens can be requested for. */
  resources: readonly string[];
  issuer: TokenIssuer;
  /** Signs with another key than the tenant's. */
  stranger: TokenIssuer;
}

/** The answer of App Service. Numbers are strings. */
interface TokenAnswer {
  access_token: string;
  expires_on: string;
  resource: string;
  token_type: 'Bearer';
  client_id: string;
}

/** The lifetime of a managed identity's token. */
const DAY_SECONDS = 86_400;

/** The lifetime that the answer claims for an expired token, so that a client sends it. */
const CLAIMED_SECONDS = 3_600;

const ASKED_CAPACITY = 10_000;

const GOOD_BEHAVIOUR: Behaviour = {
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
  readonly #settings: TokenServiceSettings;
  readonly #kept = new Map<string, TokenAnswer>();
  #behaviour = GOOD_BEHAVIOUR;
  #faultsLeft = Number.POSITIVE_INFINITY;
  #requests = 0;
  #tokens = 0;
  #asked: IdentityStatus['asked'] = [];

  constructor(settings: TokenServiceSettings) {
    this.#settings = settings;
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
    this.#behaviour = GOOD_BEHAVIOUR;
    this.#kept.clear();
    this.#requests = 0;
    this.#tokens = 0;
    this.#asked = [];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1;
    if (this.#behaviour.latencyMs > 0) await delay(this.#behaviour.latencyMs);
    const asked = parseTokenRequest(request, this.#settings.secret);
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
    const answer = 'resource' in asked ? this.#answer(asked) : asked;
    if ('status' in answer) return refuse(response, answer);
    this.#tokens += 1;
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
  }

  #answer({ resource, clientId }: TokenRequest): TokenAnswer | Refusal {
    const { systemIdentity, userIdentities, clusterApplication, resources } = this.#settings;
    if (clientId !== undefined && !userIdentities.includes(clientId)) {
      const message =
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
      return { status: 400, message };
    }
    if (resource !== clusterApplication && !resources.includes(resource)) {
      const message = `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`;
      return { status: 400, message };
    }
    const place = `${clientId ?? ''} ${resource}`;
    const kept = this.#kept.get(place);
    if (this.#behaviour.keepsTokens && kept && Number(kept.expires_on) > nowSeconds()) return kept;
    const answer = this.#issue(resource, clientId ?? systemIdentity);
    this.#kept.set(place, answer);
    return answer;
  }

  #issue(resource: string, clientId: string): TokenAnswer {
    const { issuer, stranger, clusterApplication } = this.#settings;
    const { lifetimeSeconds, roles, audience, forged } = this.#behaviour;
    const issuedAt = nowSeconds();
    const token = (forged ? stranger : issuer).issue({
      audience: audience ?? resource,
      clientId,
      roles: resource === clusterApplication ? roles : [],
      issuedAt,
      expiresAt: issuedAt + lifetimeSeconds,
    });
    return {
      access_token: token,
      expires_on: String(issuedAt + (lifetimeSeconds > 0 ? lifetimeSeconds : CLAIMED_SECONDS)),
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    };
  }
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const body = JSON.stringify({ statusCode: status, message, correlationId: randomUUID() });
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(body);
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
