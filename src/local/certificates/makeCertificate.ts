import {
  constants,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateEncrypt,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const DAY_MS = 86_400_000;
const KEY_BITS = 2048;

/** How to make a certificate. */
export interface CertificateRequest {
  /** An empty name makes an empty subject. */
  commonName: string;
  /** DNS names and IPv4 addresses; none by default. */
  altNames?: string[];
  /** Self-signed by default. */
  issuer?: CertificateWithKey;
  /** Whether it may issue others. */
  isCa?: boolean;
  /** Extended key usages, such as `serverAuth` or an object identifier; server and client by default. An empty list omits the extension. */
  usages?: readonly string[];
  /** A day ago by default. */
  validFrom?: Date;
  /** In 90 days by default. */
  validTo?: Date;
}

/** A certificate with its private key. */
export interface CertificateWithKey {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8, not encrypted. Secret. */
  key: string;
  /** SHA-1, 40 hex digits in upper case, as Windows and Service Fabric show it. */
  thumbprint: string;
}

const newKeyPair = promisify(generateKeyPair);

/** Makes a certificate with a new RSA key. */
export async function makeCertificate(request: CertificateRequest): Promise<CertificateWithKey> {
  return certify(request, (await newKeyPair('rsa', { modulusLength: KEY_BITS })).privateKey);
}

/**
 * Makes a certificate for an existing key.
 *
 * @param privateKey - RSA: the library supports no other
 */
export function certify(request: CertificateRequest, privateKey: KeyObject): CertificateWithKey {
  const { commonName, altNames, issuer, isCa = false, usages = ['serverAuth', 'clientAuth'] } = request;
  const publicKey = createPublicKey(privateKey);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`; // 01: a positive number
  certificate.validity.notBefore = request.validFrom ?? new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = request.validTo ?? new Date(Date.now() + 90 * DAY_MS);
  const subject = commonName === '' ? [] : [{ name: 'commonName', value: commonName }];
  certificate.setSubject(subject);
  certificate.setIssuer(issuer ? forge.pki.certificateFromPem(issuer.cert).subject.attributes : subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: isCa, critical: true },
    ...(isCa ? [{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }] : extendedKeyUsage(usages)),
    ...(altNames ? [{ name: 'subjectAltName', altNames: altNames.map(altName) }] : []),
  ]);
  certificate.sign(signerWith(issuer?.key ?? key), forge.md.sha256.create());

  const cert = forge.pki.certificateToPem(certificate).replaceAll('\r', '');
  return { cert, key, thumbprint: new X509Certificate(cert).fingerprint.replaceAll(':', '') };
}

function extendedKeyUsage(usages: readonly string[]): object[] {
  if (usages.length === 0) return [];
  return [{ name: 'extKeyUsage', ...Object.fromEntries(usages.map((usage) => [usage, true])) }];
}

/** The DigestInfo prefix of a SHA-256 signature. @see RFC 8017, 9.2 */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** Signs with Node, because signing is slow in the library. */
function signerWith(key: string): forge.pki.rsa.PrivateKey {
  const sign = (hash: forge.md.MessageDigest) => {
    const digest = Buffer.from(hash.digest().toHex(), 'hex');
    const padded = { key, padding: constants.RSA_PKCS1_PADDING };
    return privateEncrypt(padded, Buffer.concat([SHA256_PREFIX, digest])).toString('latin1');
  };
  return { sign } as unknown as forge.pki.rsa.PrivateKey;
}

/** @see RFC 5280, GeneralName: 2 is a DNS name, 7 an IP address */
function altName(name: string): object {
  return /^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
}
