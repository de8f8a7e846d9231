import { isNativeError } from 'node:util/types';
import type { AccessToken } from '@azure/identity';
import { createEntraCredential, type EntraCredential } from './entraCredential.ts';

/**
 * A token is renewed when it lasts no longer than this. Within the 5 minutes that the library itself keeps clear of a
 * token's end: earlier it would give the same token again.
 */
const RENEW_BEFORE_MS = 4 * 60_000;

/** A token that lasts no longer than this is not sent any more. */
const UNUSABLE_MS = 10_000;

/** A refused token is not renewed more often: a role that is missing would have the identity endpoint asked at each call. */
const RENEWAL_PAUSE_MS = 60_000;

/** How long a token is waited for. */
const TOKEN_TIMEOUT_MS = 20_000;

/** What can stand in a header. Anything else is not a token. */
const TOKEN = /^[\x21-\x7e]+$/;

const LONGEST_REASON = 600;

/** How the app identifies itself to Microsoft Entra ID. */
export interface EntraOptions {
  /** The client id of a user-assigned managed identity; `undefined` for the system-assigned one. */
  clientId?: string;
  /** How long a token is waited for; 20 s by default. */
  tokenTimeoutMs?: number;
  /** How long a token that was refused is not renewed again; 60 s by default. */
  renewalPauseMs?: number;
}

/** No token could be obtained. */
export class EntraTokenError extends Error {
  override readonly name = 'EntraTokenError';
}

/** The tokens for one cluster: kept until shortly before they expire, and fetched once for all who wait. */
export class EntraTokens {
  readonly #scope: string;
  readonly #options: EntraOptions;
  #credential: Promise<EntraCredential> | undefined;
  #kept: AccessToken | undefined;
  #fetching: Promise<string> | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(scope: string, options: EntraOptions = {}) {
    this.#scope = scope;
    this.#options = options;
  }

  /** @throws {EntraTokenError} */
  async get(): Promise<string> {
    if (this.#kept && leftOf(this.#kept) > RENEW_BEFORE_MS) return this.#kept.token;
    const kept = this.#kept;
    try {
      return await this.#fetch(false);
    } catch (error) {
      if (kept && leftOf(kept) > UNUSABLE_MS) return kept.token;
      throw error;
    }
  }

  /**
   * Gets another token than one that the cluster refused.
   *
   * @returns the same when there is no other: it was renewed only just now
   * @throws {EntraTokenError}
   */
  async renew(refused: string): Promise<string> {
    if (this.#kept && this.#kept.token !== refused) return this.#kept.token;
    if (!this.#fetching) {
      if (performance.now() - this.#renewedAt < (this.#options.renewalPauseMs ?? RENEWAL_PAUSE_MS)) return refused;
      this.#renewedAt = performance.now();
    }
    return this.#fetch(true);
  }

  #fetch(isRenewal: boolean): Promise<string> {
    this.#fetching ??= this.#ask(isRenewal).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #ask(isRenewal: boolean): Promise<string> {
    const { clientId, tokenTimeoutMs = TOKEN_TIMEOUT_MS } = this.#options;
    this.#credential ??= createEntraCredential(clientId);
    const credential = await this.#credential;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`none came within ${tokenTimeoutMs / 1000} s`)), tokenTimeoutMs);
    });
    try {
      const token = await Promise.race([credential.getToken(this.#scope, isRenewal), tooLate]);
      if (!TOKEN.test(token.token)) throw new Error('what came is not a token');
      this.#kept = token;
      return token.token;
    } catch (error) {
      // Without its cause, which may hold the request to the identity endpoint with its secret.
      throw new EntraTokenError(`no Entra token for ${this.#scope} could be obtained: ${shortened(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function leftOf({ expiresOnTimestamp }: AccessToken): number {
  return expiresOnTimestamp - Date.now();
}

/** In one line, since a chain of credentials says of each why it has no token; an unreadable answer may hold a token. */
function shortened(error: unknown): string {
  const message = isNativeError(error) ? error.message : String(error);
  return message
    .replaceAll(/eyJ[\w.-]+/g, '…')
    .replaceAll(/\s+/g, ' ')
    .slice(0, LONGEST_REASON);
}
