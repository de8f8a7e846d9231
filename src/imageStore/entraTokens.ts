import { isNativeError } from 'node:util/types';
import type { AccessToken } from '@azure/identity';
import { cutText } from '../cleanup/model/cutText.ts';
import { createEntraCredential, type EntraCredential } from './entraCredential.ts';

/**
 * How long before it expires a token is renewed. Less than 5 minutes, because until then the library returns the same token from
 * its cache.
 */
const RENEW_BEFORE_MS = 4 * 60_000;

/** A token that expires sooner than this is no longer sent. */
const UNUSABLE_MS = 10_000;

/** The pause between renewals of refused tokens: with a missing role, each call would otherwise ask the identity endpoint. */
const RENEWAL_PAUSE_MS = 60_000;

/** How long a call waits for a token. */
const TOKEN_TIMEOUT_MS = 20_000;

/** The characters that a header can contain. Any other text is not a token. */
const TOKEN = /^[\x21-\x7e]+$/;

const LONGEST_REASON = 600;

/** How the app identifies itself to Microsoft Entra ID. */
export interface EntraOptions {
  /** The client id of a user-assigned managed identity; `undefined` for the system-assigned one. */
  clientId?: string;
  /** How long a call waits for a token; 20 s by default. */
  tokenTimeoutMs?: number;
  /** How long after a renewal a refused token is not renewed again; 60 s by default. */
  renewalPauseMs?: number;
}

/** No token could be obtained. */
export class EntraTokenError extends Error {
  override readonly name = 'EntraTokenError';
}

/** The tokens for one cluster: kept until shortly before they expire, and requested once for all calls that wait. */
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
   * Gets a new token after the cluster refused one.
   *
   * @returns the same token if the last renewal was less than the renewal pause ago
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
      timer = setTimeout(() => reject(new Error(`no answer within ${tokenTimeoutMs / 1000} s`)), tokenTimeoutMs);
    });
    try {
      const token = await Promise.race([credential.getToken(this.#scope, isRenewal), tooLate]);
      if (!TOKEN.test(token.token)) throw new Error('the answer is not a token');
      this.#kept = token;
      return token.token;
    } catch (error) {
      // Without `cause`: it may contain the request to the identity endpoint with its secret.
      throw new EntraTokenError(`no Entra token for ${this.#scope} could be obtained: ${shortened(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function leftOf({ expiresOnTimestamp }: AccessToken): number {
  return expiresOnTimestamp - Date.now();
}

/** In one line: a chain of credentials reports one line for each. Tokens are removed, since a malformed answer may contain one. */
function shortened(error: unknown): string {
  const message = isNativeError(error) ? error.message : String(error);
  return cutText(message.replaceAll(/eyJ[\w.-]+/g, '…').replaceAll(/\s+/g, ' '), LONGEST_REASON);
}
