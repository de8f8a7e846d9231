import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import {
  type CertificateRequest as AnyRequest,
  type CertificateWithKey,
  certify,
} from '../../src/local/certificates/makeCertificate.ts';

const DAY_MS = 86_400_000;

/** How to make a certificate. */
export interface CertificateRequest extends Omit<AnyRequest, 'validFrom' | 'validTo'> {
  /** In days from now; -30 by default. */
  fromDay?: number;
  /** In days from now; 365 by default. */
  toDay?: number;
  /** The key to use; a new one by default. */
  key?: KeyObject;
}

/** A certificate with its private key. */
export interface Identity extends CertificateWithKey {
  privateKey: KeyObject;
  x509: X509Certificate;
  /** SHA-256, 64 hex digits in upper case. */
  thumbprint256: string;
}

/** Makes a private key. */
export function makeKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

/** Makes a certificate. */
export function makeCertificate(request: CertificateRequest): Identity {
  const { fromDay = -30, toDay = 365, key: privateKey = makeKey(), ...wanted } = request;
  const validFrom = new Date(Date.now() + fromDay * DAY_MS);
  const validTo = new Date(Date.now() + toDay * DAY_MS);
  const made = certify({ ...wanted, validFrom, validTo }, privateKey);
  const x509 = new X509Certificate(made.cert);
  return { ...made, privateKey, x509, thumbprint256: x509.fingerprint256.replaceAll(':', '') };
}

/** How to make a PFX. */
export interface PfxRequest {
  password?: string;
  /** Certificates besides the identity's own. */
  chain?: Identity[];
  /** Without the private key. */
  keyless?: boolean;
  /** As old versions of Windows write it: with a key encrypted by 40-bit RC2. */
  outdated?: boolean;
}

/** Makes a PFX (PKCS #12) file. */
export function makePfx(identity: Identity, { password = '', chain = [], keyless, outdated }: PfxRequest = {}): Buffer {
  const certificates = [identity, ...chain].map(({ cert }) => forge.pki.certificateFromPem(cert));
  const key = keyless ? null : forge.pki.privateKeyFromPem(identity.key);
  const asn1 = forge.pkcs12.toPkcs12Asn1(key as forge.pki.rsa.PrivateKey, certificates, password, {
    algorithm: outdated ? '3des' : 'aes256',
    useMac: !outdated,
    count: 1, // thousands of rounds in JavaScript would take a second
  });
  const pfx = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
  if (!outdated) return pfx;
  // 1.2.840.113549.1.12.1.3, 3DES, becomes 1.2.840.113549.1.12.1.6, RC2. It is never decrypted.
  const cipher = pfx.indexOf(Buffer.from('060a2a864886f70d010c0103', 'hex'));
  pfx.writeUInt8(6, cipher + 11);
  return pfx;
}
