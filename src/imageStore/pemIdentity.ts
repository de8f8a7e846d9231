import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { nameAndThumbprint } from './certificateName.ts';
import { type PemBlock, readPem } from './pem.ts';

/** A certificate and key that belong together, or what is wrong, as the end of a sentence about the setting. */
export type LoadedIdentity = { x509: X509Certificate; secureContextOptions: SecureContextOptions } | { error: string };

const KEY_CONVERSION = 'openssl pkcs8 -topk8 -v2 aes256 -provider legacy -provider default -in old.key -out new.key';

/**
 * Loads the certificate and the private key of a PEM text. If more than one certificate belongs to a key of the text, as after a
 * renewal, it takes a valid one, and of those the one that stays valid for longest.
 */
export function loadPemIdentity(text: string, password: string | undefined, now: Date): LoadedIdentity {
  const read = readPem(text);
  if ('error' in read) return read;
  const certificates: X509Certificate[] = [];
  for (const { pem } of read.blocks.filter(({ label }) => label.endsWith('CERTIFICATE'))) {
    try {
      certificates.push(new X509Certificate(pem));
    } catch {
      return { error: 'contains a certificate that cannot be read' };
    }
  }
  const [first] = certificates;
  if (!first) return { error: 'contains no certificate' };
  const keys = readKeys(read.blocks, password);
  if ('error' in keys) return keys;

  const pairs = keys.privateKeys.flatMap((key) =>
    certificates.filter((one) => one.checkPrivateKey(key)).map((x509) => ({ x509, key })),
  );
  const [best] = pairs.sort((a, b) => rank(b.x509, now) - rank(a.x509, now));
  if (!best)
    return { error: `contains a private key that does not belong to its certificate ${nameAndThumbprint(first)}` };
  const chain = [best.x509, ...certificates.filter((one) => !pairs.some(({ x509 }) => x509 === one))];
  const secureContextOptions = {
    cert: chain.map(String).join(''),
    key: best.key.export({ type: 'pkcs8', format: 'pem' }),
  };
  try {
    createSecureContext(secureContextOptions);
  } catch (error) {
    const why = isNativeError(error) ? error.message : String(error);
    return { error: `contains the certificate ${nameAndThumbprint(best.x509)}, which TLS rejects: ${why}` };
  }
  return { x509: best.x509, secureContextOptions };
}

/** A valid certificate ranks above all others; otherwise the later expiry decides. */
function rank({ validFromDate, validToDate }: X509Certificate, now: Date): number {
  const isValid = validFromDate <= now && now <= validToDate;
  return validToDate.getTime() + (isValid ? Number.MAX_SAFE_INTEGER / 2 : 0);
}

/** @returns all readable keys; if there is none, what is wrong with the first */
function readKeys(
  blocks: readonly PemBlock[],
  password: string | undefined,
): { privateKeys: KeyObject[] } | { error: string } {
  const privateKeys: KeyObject[] = [];
  let firstError: string | undefined;
  for (const { pem } of blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))) {
    const read = readKey(pem, password);
    if ('privateKey' in read) privateKeys.push(read.privateKey);
    else firstError ??= read.error;
  }
  if (privateKeys.length > 0) return { privateKeys };
  return { error: firstError ?? 'contains a certificate, but no private key' };
}

function readKey(pem: string, password: string | undefined): { privateKey: KeyObject } | { error: string } {
  const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem);
  if (isEncrypted && !password)
    return { error: 'contains a private key that needs a password, but no password is set' };
  try {
    return { privateKey: createPrivateKey({ key: pem, ...(isEncrypted && { passphrase: password }) }) };
  } catch (error) {
    if (!isEncrypted) return { error: 'contains a private key that cannot be read' };
    // OpenSSL reports an unsupported cipher before it checks the password.
    if (isNativeError(error) && /unsupported/i.test(error.message)) {
      return {
        error: `contains a private key with an outdated cipher, which OpenSSL 3 rejects; convert it: ${KEY_CONVERSION}`,
      };
    }
    return { error: 'cannot be decrypted: the password is wrong' };
  }
}
