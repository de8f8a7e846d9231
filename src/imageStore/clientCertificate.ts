import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { certificateName, nameAndThumbprint } from './certificateName.ts';
import { readCertificateText } from './certificateText.ts';
import { type LoadedIdentity, loadPemIdentity } from './pemIdentity.ts';
import { loadPfxIdentity } from './pfxIdentity.ts';

/** A certificate with its private key, by which the cluster knows us. */
export interface ClientCertificate {
  /** What TLS takes of it. Secret. */
  secureContextOptions: SecureContextOptions;
  /** Such as `CN=sweeper`; the alternative names if the certificate has no subject. */
  subject: string;
  /** SHA-1, 40 hex digits, as Windows and Service Fabric show it. */
  thumbprint: string;
  validTo: Date;
}

const WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

const ONE_ALONE = 'If the PFX holds a valid certificate for the same key as well, export that one alone';

/**
 * Loads and checks the client certificate that a setting means.
 *
 * @param text - PEM (certificate and key) or PFX: a path or base64, or PEM as it is; or the paths of two files with a comma between
 *   them, one with the certificate and one with its key
 * @param password - of the PFX, or of the key
 * @returns the certificate, or what is wrong, as the end of a sentence about the setting; never any of its content
 */
export function loadClientCertificate(
  text: string,
  password: string | undefined,
  now: Date = new Date(),
): { certificate: ClientCertificate } | { error: string } {
  const loaded = loadIdentity(text, password, now);
  if ('error' in loaded) return loaded;
  const { x509, secureContextOptions } = loaded;
  const error = validityError(x509, now);
  // OpenSSL picks one of a PFX, and its others cannot be asked for.
  if (error) return { error: 'pfx' in secureContextOptions ? `${error}. ${ONE_ALONE}` : error };
  return {
    certificate: {
      secureContextOptions,
      subject: certificateName(x509),
      thumbprint: x509.fingerprint.replaceAll(':', ''),
      validTo: x509.validToDate,
    },
  };
}

function loadIdentity(text: string, password: string | undefined, now: Date): LoadedIdentity {
  const whole = readCertificateText(text);
  const paths = text.split(',');
  if ('error' in whole && paths.length === 2) {
    const parts: string[] = [];
    for (const path of paths) {
      const part = readCertificateText(path);
      if ('error' in part) return part;
      const pem = 'pem' in part ? part.pem : certificateAsPem(part.der);
      if (pem === undefined) return { error: 'names two files, one of which is neither PEM nor a certificate in DER' };
      parts.push(pem);
    }
    return loadPemIdentity(parts.join('\n'), password, now);
  }
  if ('error' in whole) return whole;
  return 'pem' in whole ? loadPemIdentity(whole.pem, password, now) : loadPfxIdentity(whole.der, password);
}

function certificateAsPem(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).toString();
  } catch {
    return undefined;
  }
}

/** What to say about a certificate that is valid for 30 days or less from now on. */
export function expiryWarning({ subject, thumbprint, validTo }: ClientCertificate, now: Date): string | undefined {
  const daysLeft = Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
  if (daysLeft > WARNING_DAYS) return undefined;
  const left = daysLeft < 0 ? 'has expired' : `expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  return `The client certificate ${subject} (${thumbprint}) ${left}, on ${validTo.toISOString()}. Renew it.`;
}

function validityError(x509: X509Certificate, now: Date): string | undefined {
  const { validFromDate: from, validToDate: to } = x509;
  if (now > to) return `holds the certificate ${nameAndThumbprint(x509)}, which expired on ${to.toISOString()}`;
  if (now < from) {
    return `holds the certificate ${nameAndThumbprint(x509)}, which is not valid before ${from.toISOString()}`;
  }
  return undefined;
}
