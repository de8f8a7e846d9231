import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

const DAY_MS = 86_400_000;

/** How a certificate is to be. */
export interface CertificateRequest {
  commonName: string;
  /** DNS names and IP addresses; none: a certificate without a subject alternative name. */
  altNames?: string[];
  /** None: signed with its own key. */
  issuer?: Identity;
  isCa?: boolean;
  /** In days from now; -30 by default. */
  fromDay?: number;
  /** In days from now; 365 by default. */
  toDay?: number;
  /** The key to use; a new one by default. */
  key?: KeyObject;
}

/** A certificate with its private key. */
export interface Identity {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8, not encrypted. */
  key: string;
  privateKey: KeyObject;
  x509: X509Certificate;
  /** SHA-1, 40 hex digits in upper case, as Windows and Service Fabric show it. */
  thumbprint: string;
  /** SHA-256, 64 hex digits in upper case. */
  thumbprint256: string;
}

/** Makes a private key; RSA, for the library that signs knows no other. */
export function makeKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

/** Makes a certificate on the spot. */
export function makeCertificate(request: CertificateRequest): Identity {
  const privateKey = request.key ?? makeKey();
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const subject = [{ name: 'commonName', value: request.commonName }];
  const certificate = forge.pki.createCertificate();
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.validity.notBefore = new Date(Date.now() + (request.fromDay ?? -30) * DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + (request.toDay ?? 365) * DAY_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(
    request.issuer ? forge.pki.certificateFromPem(request.issuer.cert).subject.attributes : subject,
  );
  certificate.setExtensions([
    { name: 'basicConstraints', cA: request.isCa ?? false, critical: true },
    request.isCa
      ? { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }
      : { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    ...(request.altNames ? [{ name: 'subjectAltName', altNames: request.altNames.map(altName) }] : []),
  ]);
  certificate.sign(signer(certificate, request.issuer?.privateKey ?? privateKey), forge.md.sha256.create());
  const cert = forge.pki.certificateToPem(certificate);
  const x509 = new X509Certificate(cert);
  return {
    cert,
    key,
    privateKey,
    x509,
    thumbprint: x509.fingerprint.replaceAll(':', ''),
    thumbprint256: x509.fingerprint256.replaceAll(':', ''),
  };
}

/** How a PFX is to be. */
export interface PfxRequest {
  password?: string;
  /** Certificates beside the identity's own. */
  chain?: Identity[];
  /** Without the private key. */
  keyless?: boolean;
  /** As old versions of Windows write it: the key enciphered with 40-bit RC2. */
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
  // 1.2.840.113549.1.12.1.3, 3DES, becomes 1.2.840.113549.1.12.1.6, RC2. Nobody gets so far as to decipher it.
  const cipher = pfx.indexOf(Buffer.from('060a2a864886f70d010c0103', 'hex'));
  pfx.writeUInt8(6, cipher + 11);
  return pfx;
}

/** Signs as the library would, but natively: in JavaScript, under jest, a signature takes more than a second. */
function signer(certificate: forge.pki.Certificate, key: KeyObject): forge.pki.rsa.PrivateKey {
  const signed = () => Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'binary');
  return { sign: () => sign('sha256', signed(), key).toString('binary') } as unknown as forge.pki.rsa.PrivateKey;
}

function altName(name: string): object {
  return /^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
}
