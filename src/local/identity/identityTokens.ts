import type { Behaviour } from './controlContract.ts';
import type { TokenIssuer } from './tokenIssuer.ts';
import type { Refusal, TokenRequest } from './tokenRequest.ts';

/** The identities and resources that the endpoint issues tokens for. */
export interface IdentityTokensSettings {
  systemIdentity: string;
  /** Client ids. */
  userIdentities: readonly string[];
  /** The application on which the identities have roles. */
  clusterApplication: string;
  /** Other resources that tokens can be requested for. */
  resources: readonly string[];
  issuer: TokenIssuer;
  /** Signs forged tokens: with another key than the tenant's. */
  forger: TokenIssuer;
}

/** The answer of App Service. Numbers are strings. */
export interface TokenAnswer {
  access_token: string;
  expires_on: string;
  resource: string;
  token_type: 'Bearer';
  client_id: string;
}

/** The lifetime that the answer claims for an expired token, so that a client sends it. */
const CLAIMED_SECONDS = 3_600;

/** The tokens of the identities: who gets one, and for which resource. */
export class IdentityTokens {
  readonly #settings: IdentityTokensSettings;
  readonly #kept = new Map<string, TokenAnswer>();

  constructor(settings: IdentityTokensSettings) {
    this.#settings = settings;
  }

  /** Forgets the kept tokens. */
  forget(): void {
    this.#kept.clear();
  }

  /** The token for a request, or the reason for refusing one. */
  answer({ resource, clientId }: TokenRequest, behaviour: Behaviour): TokenAnswer | Refusal {
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
    const key = `${clientId ?? ''} ${resource}`;
    const kept = this.#kept.get(key);
    if (behaviour.keepsTokens && kept && Number(kept.expires_on) > nowSeconds()) return kept;
    const answer = this.#issue(resource, clientId ?? systemIdentity, behaviour);
    this.#kept.set(key, answer);
    return answer;
  }

  #issue(resource: string, clientId: string, behaviour: Behaviour): TokenAnswer {
    const { issuer, forger, clusterApplication } = this.#settings;
    const { lifetimeSeconds, roles, audience, forged } = behaviour;
    const issuedAt = nowSeconds();
    const token = (forged ? forger : issuer).issue({
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

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
