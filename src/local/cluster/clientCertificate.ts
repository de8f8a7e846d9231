import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** The role of a client. `admin` may do everything, `user` may only read, and nothing of the image store. */
export type ClientRole = 'admin' | 'user';

/** Certificates that the cluster accepts. */
export interface AllowedCertificates {
  /** SHA-1, 40 hex digits in upper case; independent of the issuer. */
  thumbprints?: readonly string[];
  commonNames?: readonly AllowedCommonName[];
}

/** Certificates with this common name. */
export interface AllowedCommonName {
  name: string;
  /** SHA-1 thumbprints of the direct issuer; by default any issuer with a chain to a trusted root. */
  issuerThumbprints?: readonly string[];
}

/** The client certificates that a cluster accepts. */
export interface KnownClients {
  admin: AllowedCertificates;
  /** Read-only clients. */
  user?: AllowedCertificates;
  /** The trusted roots for clients that are accepted by name, PEM; by default the platform's. */
  ca?: readonly string[];
}

/**
 * Finds the role of the certificate that a client presented.
 *
 * A thumbprint is enough, even if the certificate is not trusted. A name also needs a chain to a trusted root, or one of the issuers that
 * are configured with it. Stricter than the published source, which accepts an expired certificate by its thumbprint.
 *
 * @param now - in milliseconds since 1970
 * @returns `undefined` if the client presented no certificate, or an unknown one
 * @see Transport/SecurityContextSsl.cpp (VerifyCertificate, TryMatchCertThumbprint) and
 *   httpgateway/HttpCertificateAuthHandler.cpp of microsoft/service-fabric
 */
export function roleOfCertificate(socket: TLSSocket, known: KnownClients, now: number): ClientRole | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime()) return undefined;
  const isAllowed = (allowed: AllowedCertificates) => {
    if (allowed.thumbprints?.includes(thumbprintOf(certificate))) return true;
    return (allowed.commonNames ?? []).some(({ name, issuerThumbprints }) => {
      if (commonNameOf(certificate) !== name.toLowerCase()) return false;
      const issuer = issuerOf(certificate, known.ca ?? []);
      // `authorized` is not set on a TLSSocket that was created without a TLS server.
      const isTrusted = socket.authorized || (issuer !== undefined && known.ca?.some((pem) => isSame(issuer, pem)));
      if (!issuerThumbprints) return isTrusted === true;
      return issuer !== undefined && issuerThumbprints.includes(thumbprintOf(issuer));
    });
  };
  if (isAllowed(known.admin)) return 'admin';
  return known.user && isAllowed(known.user) ? 'user' : undefined;
}

function thumbprintOf({ fingerprint }: X509Certificate): string {
  return fingerprint.replaceAll(':', '');
}

function isSame(certificate: X509Certificate, pem: string): boolean {
  return certificate.fingerprint256 === new X509Certificate(pem).fingerprint256;
}

function commonNameOf(certificate: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(certificate.subject ?? '')?.[1]?.toLowerCase();
}

/** The certificate whose key signed this one: itself, one that was presented with it, or a root. */
function issuerOf(certificate: X509Certificate, ca: readonly string[]): X509Certificate | undefined {
  const candidates = [certificate, certificate.issuerCertificate, ...ca.map((pem) => new X509Certificate(pem))];
  return candidates.find((each) => each && certificate.checkIssued(each) && certificate.verify(each.publicKey));
}
