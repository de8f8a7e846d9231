import { isNativeError } from 'node:util/types';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';

/** What Node's codes for a connection that failed mean; all others are reported in Node's own words. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut before an answer came',
  EPIPE: 'the connection was cut before an answer came',
  ENOTFOUND: 'its name is unknown to DNS',
  EAI_AGAIN: 'DNS does not answer',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  EPROTO: 'the TLS handshake failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it an http endpoint?',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it does not speak TLS 1.2 or later',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it does not speak TLS 1.2 or later',
};

/** The TLS alerts by which a server refuses a client for its certificate, or for having none. */
const CERTIFICATE_ALERTS =
  /^(?:certificate required|bad certificate|certificate unknown|certificate expired|certificate revoked|unsupported certificate|unknown ca|access denied)$/;

/** How OpenSSL names an alert, in a message or in a code that Node makes of it. */
const ALERT = /(?:^|[^a-z])alert[ _]([a-z]+(?:[ _][a-z]+)*)/i;

/** What the requests come with. */
export type CredentialsKind = 'none' | 'certificate' | 'entra';

/** What is known of a call that got no answer. */
export interface UnansweredFacts {
  /** Host and port of the gateway that was tried last. */
  host: string;
  /** How many gateways were tried. */
  tried: number;
  requestId: string;
  credentials: CredentialsKind;
}

/**
 * Makes the error for a call that got no answer.
 *
 * @param cause - what Node said of the last gateway that was tried
 */
export function unreachable(cause: unknown, facts: UnansweredFacts): FabricRequestError {
  const { host, tried, requestId, credentials } = facts;
  const error = firstOf(cause);
  const known = { requestId, host, cause };
  if (error.code?.startsWith('HPE_')) {
    return new FabricRequestError(malformed(error, host), { kind: 'unexpectedAnswer', retryable: true, ...known });
  }
  const alert = alertOf(error);
  if (alert !== undefined && refusesCertificate(alert, credentials)) {
    return new FabricRequestError(refusal(alert, host, credentials), {
      kind: 'accessDenied',
      retryable: false,
      ...known,
    });
  }
  const what =
    tried === 1
      ? `The gateway ${host} can't be reached`
      : `None of the ${tried} gateways can be reached; of the last, ${host}`;
  const reason = reasonOf(error, alert);
  return new FabricRequestError(`${what}: ${reason}.`, { kind: 'unreachable', retryable: true, ...known });
}

function reasonOf(error: NodeJS.ErrnoException, alert: string | undefined): string {
  const { code, message } = error;
  if (code === 'ERR_SERVER_IDENTITY') return `it is not the expected server: ${message}`;
  const reason = REASONS[code ?? ''] ?? (alert === undefined ? message : 'the TLS handshake failed');
  const details = [code, alert && `alert "${alert}"`].filter((detail) => detail !== undefined);
  return details.length === 0 ? reason : `${reason} (${details.join(', ')})`;
}

/** What Node's HTTP parser refuses. Only what does not even begin as HTTP suggests another kind of endpoint. */
function malformed(error: NodeJS.ErrnoException, host: string): string {
  if (error.code !== 'HPE_INVALID_CONSTANT') {
    return `The gateway ${host} can't be understood: its answer is malformed (${error.code}).`;
  }
  const { rawPacket } = error as { rawPacket?: unknown };
  return isTlsRecord(rawPacket)
    ? `What answers at ${host} speaks TLS, not plain HTTP (${error.code}); is it an https endpoint?`
    : `What answers at ${host} does not speak HTTP (${error.code}).`;
}

/** Whether it begins as an alert (21) or a handshake (22) of TLS. @see RFC 8446, section 5.1 */
function isTlsRecord(packet: unknown): boolean {
  return Buffer.isBuffer(packet) && (packet[0] === 21 || packet[0] === 22) && packet[1] === 3;
}

/** The TLS alert that the server ended the connection with, such as `certificate required`. */
function alertOf({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return undefined;
  const [, alert] = ALERT.exec(code) ?? ALERT.exec(message) ?? [];
  return alert?.toLowerCase().replaceAll('_', ' ');
}

/** Over TLS 1.2 a server that demands a certificate only says that the handshake failed. */
function refusesCertificate(alert: string, credentials: CredentialsKind): boolean {
  return CERTIFICATE_ALERTS.test(alert) || (alert === 'handshake failure' && credentials !== 'certificate');
}

function refusal(alert: string, host: string, credentials: CredentialsKind): string {
  switch (credentials) {
    case 'certificate':
      return `The gateway ${host} refuses our client certificate (TLS alert "${alert}").`;
    case 'entra':
      return (
        `The gateway ${host} ended the TLS handshake without a client certificate (alert "${alert}"): this port takes ` +
        'certificates only; clusters on TLS 1.3 have a port of their own for tokens (httpGatewayTokenAuthEndpointPort).'
      );
    case 'none':
      return `The gateway ${host} ended the TLS handshake without a client certificate (alert "${alert}"): it demands one.`;
  }
}

/** Makes the error for an answer that began well and ended in its middle. */
export function cutAnswer(answer: GatewayAnswer, host: string, requestId: string): FabricRequestError {
  const { status: httpStatus, parserError } = answer;
  if (parserError !== undefined) {
    return new FabricRequestError(
      `The gateway ${host} can't be understood: its answer (${httpStatus}) is malformed (${parserError}).`,
      { kind: 'unexpectedAnswer', retryable: true, requestId, host, httpStatus },
    );
  }
  const message = `The connection to the gateway ${host} was cut in the middle of its answer (${httpStatus}).`;
  return new FabricRequestError(message, { kind: 'unreachable', retryable: true, requestId, host, httpStatus });
}

/** Makes the error for a call that was ended before its answer was there. */
export function ended(why: 'aborted' | 'timedOut', deadlineMs: number, requestId: string): FabricRequestError {
  if (why === 'aborted') {
    return new FabricRequestError('The call was given up by its caller.', { kind: why, retryable: false, requestId });
  }
  return new FabricRequestError(
    `No gateway answered within ${deadlineMs / 1000} s; the work may have been done all the same.`,
    {
      kind: why,
      retryable: true,
      requestId,
    },
  );
}

/** Of a name with several addresses, all of which failed, Node gives one error with all their errors in it. */
function firstOf(cause: unknown): NodeJS.ErrnoException {
  if (!isNativeError(cause)) return new Error(String(cause));
  const [first]: unknown[] = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : [];
  return isNativeError(first) ? first : cause;
}
