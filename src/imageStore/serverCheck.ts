import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { safeText } from '../cleanup/model/safeText.ts';
import { certificateName } from './certificateName.ts';
import type { ServerIdentity } from './serverIdentity.ts';

/** The extended key usages that allow a certificate to be used by a server: `serverAuth` and `anyExtendedKeyUsage`. */
const SERVER_USAGES = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** A server presented an unexpected certificate. The message says what it presented and what was expected. */
export class ServerIdentityError extends Error {
  override readonly name = 'ServerIdentityError';
  readonly code = 'ERR_SERVER_IDENTITY';

  /** @param message - may quote the certificate, whose texts are untrusted */
  constructor(message: string) {
    super(safeText(message));
  }
}

/** The parts of a TLS connection that describe the server. */
export type PresentedServer = Pick<TLSSocket, 'getPeerX509Certificate' | 'authorized' | 'authorizationError'>;

/** Explains OpenSSL's most common codes for an untrusted certificate. */
const UNTRUSTED: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its root authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not known',
  CERT_HAS_EXPIRED: 'it or its issuer has expired',
  CERT_NOT_YET_VALID: 'it or its issuer is not valid yet',
  INVALID_PURPOSE: 'it or its issuer is not for servers',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is not for this host name',
};

/** Whether a thumbprint or a name is expected, independent of what the platform trusts. */
export function isPinned({ thumbprints = [], commonNames = [] }: ServerIdentity): boolean {
  return thumbprints.length + commonNames.length > 0;
}

/**
 * Checks the server of a TLS connection as Service Fabric's own client does, with one difference: if a thumbprint or a name is
 * expected, a certificate that only the platform trusts is not accepted.
 *
 * - By thumbprint: this certificate, whoever issued it.
 * - By common name: a name of the certificate (subject or alternative), and a chain to a trusted root. The names are compared
 *   literally: a wildcard certificate has the name `*.example.com`, and no other.
 * - By common name with issuers: the name, and the direct issuer is one of these, trusted or not.
 *
 * A certificate that has expired, is not valid yet or is not for servers is always refused.
 *
 * @param server - after the handshake, with `rejectUnauthorized: false`. The session must not be a resumed one; if a thumbprint or a
 *   name is expected, the handshake must not have checked the host name
 * @throws {ServerIdentityError}
 * @see Transport/SecurityContextSsl.cpp of microsoft/service-fabric, VerifyCertificate and VerifyAsServerAuthCert
 */
export function checkServer(server: PresentedServer, expected: ServerIdentity, now: Date = new Date()): void {
  const certificate = server.getPeerX509Certificate();
  if (!certificate) throw new ServerIdentityError('it presents no certificate');
  const error = errorOf(certificate, server, expected, now);
  if (error === undefined) return;
  throw new ServerIdentityError(`it presents ${describe(certificate)}; ${error}`);
}

function errorOf(
  certificate: X509Certificate,
  server: PresentedServer,
  expected: ServerIdentity,
  now: Date,
): string | undefined {
  const untrusted = server.authorized ? undefined : `not trusted: ${reasonOf(server.authorizationError)}`;
  if (!isPinned(expected)) return untrusted;
  const { thumbprints = [], commonNames = [], issuerThumbprints = [] } = expected;
  const unfit = timeError(certificate, now) ?? usageError(certificate);
  if (unfit !== undefined) return unfit;
  if (hasThumbprint(certificate, thumbprints)) return undefined;
  const name = commonNames.find((each) => hasName(certificate, each));
  if (name === undefined) return `expected ${expectation(thumbprints, commonNames)}`;
  if (issuerThumbprints.length === 0) return untrusted;
  const issuer = issuerOf(certificate, expected.ca ?? []);
  if (!issuer) return 'its issuer was not presented with it, so it can’t be compared';
  if (!hasThumbprint(issuer, issuerThumbprints)) {
    return `expected an issuer with the thumbprint ${issuerThumbprints.join(' or ')}, not ${describe(issuer)}`;
  }
  return timeError(issuer, now);
}

function hasThumbprint({ fingerprint, fingerprint256 }: X509Certificate, thumbprints: readonly string[]): boolean {
  return [fingerprint, fingerprint256].some((each) => thumbprints.includes(each.replaceAll(':', '')));
}

/** Whether this is the subject's common name, or one of the alternative names. */
function hasName(certificate: X509Certificate, name: string): boolean {
  const commonNames = [certificate.toLegacyObject().subject?.CN ?? []].flat();
  if (commonNames.some((each) => each.toLowerCase() === name.toLowerCase())) return true;
  // OpenSSL treats a name with a leading dot as all names below it.
  return !name.startsWith('.') && certificate.checkHost(name, { wildcards: false }) !== undefined;
}

/**
 * Finds the certificate whose key signed this one, among those that the server presented and those of the private authority.
 *
 * The signature is checked, not only the names: anyone can present the real issuer with a forged certificate.
 */
function issuerOf(certificate: X509Certificate, ca: readonly string[]): X509Certificate | undefined {
  if (isIssuedBy(certificate, certificate)) return certificate;
  const candidates = [certificate.issuerCertificate, ...ca.map((pem) => new X509Certificate(pem))];
  return candidates.find((each) => each?.ca === true && isIssuedBy(certificate, each));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function timeError(certificate: X509Certificate, now: Date): string | undefined {
  const { validFromDate, validToDate } = certificate;
  if (now > validToDate) return `${certificateName(certificate)} expired on ${validToDate.toISOString()}`;
  if (now < validFromDate) return `${certificateName(certificate)} is not valid before ${validFromDate.toISOString()}`;
  return undefined;
}

/** A certificate without the extension is for everything. */
function usageError(certificate: X509Certificate): string | undefined {
  // Unlike its type says, it is `undefined` without the extension.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages === undefined || usages.some((usage) => SERVER_USAGES.includes(usage))) return undefined;
  return `${certificateName(certificate)} is not for servers: its extended key usage lacks serverAuth`;
}

function reasonOf(authorizationError: unknown): string {
  return UNTRUSTED[String(authorizationError)] ?? String(authorizationError);
}

function expectation(thumbprints: readonly string[], commonNames: readonly string[]): string {
  const expected: string[] = [];
  if (thumbprints.length > 0) expected.push(`the thumbprint ${thumbprints.join(' or ')}`);
  if (commonNames.length > 0) expected.push(`the name ${commonNames.join(' or ')}`);
  return expected.join(', or ');
}

function describe(certificate: X509Certificate): string {
  const { fingerprint, fingerprint256 } = certificate;
  const [sha1, sha256] = [fingerprint, fingerprint256].map((each) => each.replaceAll(':', ''));
  return `${certificateName(certificate)} with the thumbprint ${sha1} (SHA-256 ${sha256})`;
}
