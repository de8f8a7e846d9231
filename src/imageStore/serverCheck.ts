import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { safeText } from '../cleanup/model/safeText.ts';
import { certificateName } from './certificateName.ts';
import type { ServerIdentity } from './serverIdentity.ts';

/** The extended key usages that let a certificate stand for a server: `serverAuth` and `anyExtendedKeyUsage`. */
const SERVER_USAGES = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** The server that answered is not the expected one. The message says what it presented and what was expected. */
export class ServerIdentityError extends Error {
  override readonly name = 'ServerIdentityError';
  readonly code = 'ERR_SERVER_IDENTITY';

  /** @param message - may quote the certificate, which anyone may have written */
  constructor(message: string) {
    super(safeText(message));
  }
}

/** What TLS has found out about the server. */
export type PresentedServer = Pick<TLSSocket, 'getPeerX509Certificate' | 'authorized' | 'authorizationError'>;

/** The commonest of OpenSSL's reasons not to trust a certificate, in words. */
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

/** Whether the certificate is asked for by thumbprint or name, whatever the platform thinks of it. */
export function isPinned({ thumbprints = [], commonNames = [] }: ServerIdentity): boolean {
  return thumbprints.length + commonNames.length > 0;
}

/**
 * Checks whom a TLS connection leads to, as Service Fabric's own client does, with one difference: a certificate
 * that the platform trusts does not do in place of one that was asked for.
 *
 * - By thumbprint: this certificate, whoever issued it.
 * - By common name: a name of the certificate (subject or alternative), and a chain to a trusted root. The names are compared as
 *   they are: a wildcard certificate has the name `*.example.com`, and no other.
 * - By common name with issuers: the name, and the direct issuer is one of these, trusted or not.
 *
 * A certificate that has expired, is not valid yet or is not for servers is refused in each case.
 *
 * @param server - after its handshake, made with `rejectUnauthorized: false`; `authorized` must not stem from a resumed
 *   session, and not from the host name where one of these names is expected
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
  if (!issuer) return 'its issuer is not presented with it, so it can’t be compared';
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
  // To OpenSSL a name with a dot before it means all names below it.
  return !name.startsWith('.') && certificate.checkHost(name, { wildcards: false }) !== undefined;
}

/**
 * The certificate whose key signed this one: of those that the server presented and of the private authority's.
 *
 * Names prove nothing, as anyone can present the real issuer beside a certificate of his own making: the signature does.
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
  // Undefined without the extension, against its type.
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
