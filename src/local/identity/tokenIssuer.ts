import { createHash, generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** The claims of a token. Times are in seconds since 1970. */
export interface TokenClaims {
  audience: string;
  /** The client id of the identity. */
  clientId: string;
  roles: readonly string[];
  issuedAt: number;
  expiresAt: number;
}

const newKeyPair = promisify(generateKeyPair);

/** Entra backdates a token by this much, so that a slow clock does not reject it. */
const BACKDATED_SECONDS = 300;

/** Signs the tokens of a tenant as Microsoft Entra ID does (RS256, version 1.0). */
export class TokenIssuer {
  /** The key that verifies its tokens. */
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;
  readonly #keyId: string;
  readonly #tenant: string;

  private constructor(tenant: string, publicKey: KeyObject, privateKey: KeyObject) {
    this.#tenant = tenant;
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
    const der = publicKey.export({ type: 'spki', format: 'der' });
    this.#keyId = createHash('sha1').update(der).digest('base64url');
  }

  /** Creates an issuer with a new key. */
  static async create(tenant: string): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
    return new TokenIssuer(tenant, publicKey, privateKey);
  }

  /** @see "Access token claims reference" of the Microsoft identity platform */
  issue({ audience, clientId, roles, issuedAt, expiresAt }: TokenClaims): string {
    const validFrom = issuedAt - BACKDATED_SECONDS;
    const header = { typ: 'JWT', alg: 'RS256', x5t: this.#keyId, kid: this.#keyId };
    const claims = {
      aud: audience,
      iss: `https://sts.windows.net/${this.#tenant}/`,
      iat: validFrom,
      nbf: validFrom,
      exp: expiresAt,
      appid: clientId,
      appidacr: '2',
      idtyp: 'app',
      oid: clientId,
      sub: clientId,
      tid: this.#tenant,
      uti: randomUUID(),
      ver: '1.0',
      ...(roles.length > 0 && { roles }),
    };
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#privateKey).toString('base64url')}`;
  }
}
