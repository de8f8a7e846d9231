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

/** How a certificate is to be. */
export interface CertificateRequest {
  /** Empty: a certificate with an empty subject. */
  commonName: string;
  /** DNS names and IPv4 addresses; undefined: a certificate without alternative names. */
  altNames?: string[];
  /** Undefined: signed with its own key. */
  issuer?: CertificateWithKey;
  /** Whether it may issue others. */
  isCa?: boolean;
  /** Extended key usages, such as `serverAuth` or an object identifier; server and client by default. Empty: without the extension. */
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

/** Makes a certificate on the spot, with an RSA key of its own. It serves both ends of a connection. */
export async function makeCertificate(request: CertificateRequest): Promise<CertificateWithKey> {
  return certify(request, (await newKeyPair('rsa', { modulusLength: KEY_BITS })).privateKey);
}

/**
 * Makes a certificate for a key that is there.
 *
 * @param privateKey - RSA, for the library knows no other
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

/** What a signature by SHA-256 signs before the digest. @see RFC 8017, 9.2 */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** Has Node do what is slow in the library: the signature. */
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
