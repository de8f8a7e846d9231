import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { DAY_MS } from '../cleanup/model/time.ts';
import { certificateName, nameAndThumbprint } from './certificateName.ts';
import { readCertificateText } from './certificateText.ts';
import { type LoadedIdentity, loadPemIdentity } from './pemIdentity.ts';
import { loadPfxIdentity } from './pfxIdentity.ts';

/** The certificate with its private key that the app presents to the cluster. */
export interface ClientCertificate {
  /** For `tls.createSecureContext`. Secret. */
  secureContextOptions: SecureContextOptions;
  /** Such as `CN=sweeper`; the alternative names if the certificate has no subject. */
  subject: string;
  /** SHA-1, 40 hex digits, as Windows and Service Fabric show it. */
  thumbprint: string;
  validTo: Date;
}

const WARNING_DAYS = 30;

const EXPORT_ONE = 'If the PFX also holds a valid certificate for the same key, export only that one';

/**
 * Loads and checks the client certificate of a setting.
 *
 * @param text - PEM (certificate and key) or PFX: a path or base64, or PEM itself; or the paths of two files, one with the certificate
 *   and one with its key, separated by a comma
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
  // OpenSSL uses the first certificate of a PFX and ignores the others.
  if (error) return { error: 'pfx' in secureContextOptions ? `${error}. ${EXPORT_ONE}` : error };
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

/** The warning about a certificate that expires within 30 days; `undefined` if it is valid for longer. */
export function expiryWarning({ subject, thumbprint, validTo }: ClientCertificate, now: Date): string | undefined {
  const daysLeft = Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
  if (daysLeft > WARNING_DAYS) return undefined;
  const left = daysLeft < 0 ? 'has expired' : `expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  return `The client certificate ${subject} (${thumbprint}) ${left}, on ${validTo.toISOString()}. Renew it.`;
}

function validityError(x509: X509Certificate, now: Date): string | undefined {
  const { validFromDate: from, validToDate: to } = x509;
  if (now > to) return `contains the certificate ${nameAndThumbprint(x509)}, which expired on ${to.toISOString()}`;
  if (now < from) {
    return `contains the certificate ${nameAndThumbprint(x509)}, which is not valid before ${from.toISOString()}`;
  }
  return undefined;
}
