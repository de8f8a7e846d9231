import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { isNativeError } from 'node:util/types';
import type { LoadedIdentity } from './pemIdentity.ts';

const PFX_CONVERSION =
  'openssl pkcs12 -legacy -in old.pfx -nodes -out all.pem && openssl pkcs12 -export -in all.pem -out new.pfx';

/** Loads the certificate and the private key of a PFX (PKCS #12). */
export function loadPfxIdentity(pfx: Buffer, password: string | undefined): LoadedIdentity {
  try {
    return open(pfx, password);
  } catch (error) {
    return { error: pfxError(isNativeError(error) ? error.message : String(error), pfx, password) };
  }
}

function open(pfx: Buffer, password: string | undefined) {
  const secureContextOptions = { pfx, ...(password && { passphrase: password }) };
  const { context } = createSecureContext(secureContextOptions);
  return { x509: new X509Certificate(context.getCertificate()), secureContextOptions };
}

/** Node reports errors of a PFX by their message only, without a code. */
function pfxError(message: string, pfx: Buffer, password: string | undefined): string {
  if (/mac verify/i.test(message)) {
    if (!password) return 'is a PFX that needs a password, but no password is set';
    if (opens(pfx)) return 'is a PFX without a password, but a password is set; remove the password setting';
    return 'cannot be decrypted: the password is wrong';
  }
  if (/unsupported/i.test(message)) {
    return `is a PFX with an outdated cipher, which OpenSSL 3 rejects; convert it: ${PFX_CONVERSION}`;
  }
  if (/private key/i.test(message)) return 'is a PFX without a private key';
  if (/certificate/i.test(message)) return 'is a PFX without a certificate that belongs to its private key';
  return isCertificate(pfx) ? 'contains a certificate, but no private key' : 'is neither PEM nor PFX';
}

/** Whether the PFX can be opened without a password. */
function opens(pfx: Buffer): boolean {
  try {
    open(pfx, undefined);
    return true;
  } catch (error) {
    // Any other error comes after the check of the password.
    return isNativeError(error) && !/mac verify/i.test(error.message);
  }
}

function isCertificate(der: Buffer): boolean {
  try {
    new X509Certificate(der);
    return true;
  } catch {
    return false;
  }
}
