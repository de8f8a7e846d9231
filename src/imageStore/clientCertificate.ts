import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { isPem, readCertificateText } from './certificateText.ts';

/** A certificate with its private key, by which the cluster knows us. */
export interface ClientCertificate {
  /** What TLS takes of it. Secret. */
  secureContextOptions: SecureContextOptions;
  /** Such as `CN=sweeper`. */
  subject: string;
  /** SHA-1, 40 hex digits, as Windows and Service Fabric show it. */
  thumbprint: string;
  validTo: Date;
}

type Loaded = { certificate: ClientCertificate } | { fault: string };

const WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

const CONVERSION =
  'openssl pkcs12 -legacy -in old.pfx -nodes -out all.pem && openssl pkcs12 -export -in all.pem -out new.pfx';

/**
 * Loads and checks the client certificate that a setting means.
 *
 * @param text - PEM (certificate and key) or PFX: a path or base64, or PEM as it is; or the paths of two PEM files with a
 *   comma between them, one with the certificate and one with its key
 * @param password - of the PFX, or of the key
 * @returns the certificate, or what is wrong, as the end of a sentence about the setting; never any of its content
 */
export function loadClientCertificate(text: string, password: string | undefined, now: Date = new Date()): Loaded {
  const whole = readCertificateText(text);
  const paths = text.split(',');
  const parts = 'fault' in whole && paths.length === 2 ? paths.map(readCertificateText) : [whole];
  const contents: Buffer[] = [];
  for (const part of parts) {
    if ('fault' in part) return part;
    contents.push(part.bytes);
  }
  const pem = contents.map(String).join('\n');
  const [pfx] = contents;
  const loaded = isPem(pem) || pfx === undefined ? loadPem(pem, password) : loadPfx(pfx, password);
  if ('fault' in loaded) return loaded;
  const fault = validityFault(loaded.x509, now);
  if (fault) return { fault };
  const { x509, secureContextOptions } = loaded;
  return {
    certificate: {
      secureContextOptions,
      subject: oneLine(x509.subject),
      thumbprint: x509.fingerprint.replaceAll(':', ''),
      validTo: x509.validToDate,
    },
  };
}

/** What to say about a certificate that is valid for 30 days or less from now on. */
export function expiryWarning({ subject, thumbprint, validTo }: ClientCertificate, now: Date): string | undefined {
  const daysLeft = Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
  if (daysLeft > WARNING_DAYS) return undefined;
  const left = daysLeft < 0 ? 'has expired' : `expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  return `The client certificate ${subject} (${thumbprint}) ${left}, on ${validTo.toISOString()}. Renew it.`;
}

type Parsed = { x509: X509Certificate; secureContextOptions: SecureContextOptions } | { fault: string };

function loadPem(pem: string, password: string | undefined): Parsed {
  const blocks = [...pem.matchAll(PEM_BLOCK)];
  const certificates: X509Certificate[] = [];
  for (const [block, label] of blocks) {
    if (!label?.endsWith('CERTIFICATE')) continue;
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      return { fault: 'holds a certificate that can’t be read' };
    }
  }
  const [keyBlock] = blocks.find(([, label]) => label?.endsWith('PRIVATE KEY')) ?? [];
  if (certificates.length === 0) return { fault: 'holds no certificate' };
  if (keyBlock === undefined) return { fault: 'holds a certificate, but no private key' };
  const key = readKey(keyBlock, password);
  if ('fault' in key) return key;

  const own = certificates.find((certificate) => certificate.checkPrivateKey(key.privateKey));
  if (!own) return { fault: `holds a private key that does not belong to its certificate ${nameOf(certificates[0])}` };
  const chain = [own, ...certificates.filter((certificate) => certificate !== own)];
  const secureContextOptions = {
    cert: chain.map(String).join(''),
    key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  try {
    createSecureContext(secureContextOptions);
  } catch (error) {
    return { fault: `holds the certificate ${nameOf(own)}, which TLS refuses: ${messageOf(error)}` };
  }
  return { x509: own, secureContextOptions };
}

function readKey(block: string, password: string | undefined): { privateKey: KeyObject } | { fault: string } {
  const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(block);
  if (isEncrypted && !password) return { fault: 'holds a private key that needs a password, and there is none' };
  try {
    return { privateKey: createPrivateKey({ key: block, ...(isEncrypted && { passphrase: password }) }) };
  } catch {
    return { fault: isEncrypted ? 'does not open: the password is wrong' : 'holds a private key that can’t be read' };
  }
}

function loadPfx(pfx: Buffer, password: string | undefined): Parsed {
  const secureContextOptions = { pfx, ...(password && { passphrase: password }) };
  try {
    const { context } = createSecureContext(secureContextOptions);
    return { x509: new X509Certificate(context.getCertificate()), secureContextOptions };
  } catch (error) {
    return { fault: pfxFault(messageOf(error), password) };
  }
}

/** Node tells what is wrong with a PFX in words only. */
function pfxFault(message: string, password: string | undefined): string {
  if (/mac verify/i.test(message)) {
    return password ? 'does not open: the password is wrong' : 'is a PFX that needs a password, and there is none';
  }
  if (/unsupported pkcs12/i.test(message)) {
    return `is a PFX with an outdated cipher, which OpenSSL 3 refuses; convert it: ${CONVERSION}`;
  }
  if (/private key/i.test(message)) return 'is a PFX without a private key';
  if (/certificate/i.test(message)) return 'is a PFX without a certificate that belongs to its private key';
  return 'is neither PEM nor PFX';
}

function validityFault(x509: X509Certificate, now: Date): string | undefined {
  const { validFromDate: from, validToDate: to } = x509;
  if (now > to) return `holds the certificate ${nameOf(x509)}, which expired on ${to.toISOString()}`;
  if (now < from) return `holds the certificate ${nameOf(x509)}, which is not valid before ${from.toISOString()}`;
  return undefined;
}

function nameOf(x509: X509Certificate | undefined): string {
  return x509 ? `${oneLine(x509.subject)} (${x509.fingerprint.replaceAll(':', '')})` : '';
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}

function messageOf(error: unknown): string {
  return isNativeError(error) ? error.message : String(error);
}
