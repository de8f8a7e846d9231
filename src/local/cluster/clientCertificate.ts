import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** What a known client may do: `admin` everything, `user` what changes nothing and isn't the image store's. */
export type ClientRole = 'admin' | 'user';

/** Certificates that are allowed in. */
export interface AllowedCertificates {
  /** SHA-1, 40 hex digits in upper case. Whoever issued the certificate. */
  thumbprints?: readonly string[];
  commonNames?: readonly AllowedCommonName[];
}

/** Certificates with this common name. */
export interface AllowedCommonName {
  name: string;
  /** Of their direct issuer, SHA-1; undefined: any that leads to a trusted root. */
  issuerThumbprints?: readonly string[];
}

/** Which client certificates a cluster knows. */
export interface KnownClients {
  admin: AllowedCertificates;
  /** Read-only clients. */
  user?: AllowedCertificates;
  /** PEM. The roots that clients allowed by name must lead to; undefined: the platform's. */
  ca?: readonly string[];
}

/**
 * Looks at the certificate that a client presented.
 *
 * A thumbprint is enough by itself, trusted or not. A name needs a chain to a trusted root, or one of the issuers that
 * are named with it. Stricter than the published source: that lets an expired certificate in by its thumbprint.
 *
 * @param now - in milliseconds since 1970
 * @returns undefined when it presented none, or none that the cluster knows
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
      // On a server of its own making, Node leaves the verdict undecided.
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

/** The certificate whose key signed this one: itself, one that came with it, or a root. */
function issuerOf(certificate: X509Certificate, ca: readonly string[]): X509Certificate | undefined {
  const candidates = [certificate, certificate.issuerCertificate, ...ca.map((pem) => new X509Certificate(pem))];
  return candidates.find((each) => each && certificate.checkIssued(each) && certificate.verify(each.publicKey));
}
