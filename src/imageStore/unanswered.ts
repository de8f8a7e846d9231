import { isNativeError } from 'node:util/types';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { CredentialsKind } from './credentialsKind.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';
import { alertOf, refusal, refusesCertificate } from './tlsAlert.ts';

/** Explains Node's codes for a failed connection. For other codes Node's own message is reported. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed before an answer came',
  EPIPE: 'the connection was closed before an answer came',
  ENOTFOUND: 'its host name was not found in DNS',
  EAI_AGAIN: 'DNS does not answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
  EPROTO: 'the TLS handshake failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it an http endpoint?',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it does not speak TLS 1.2 or later',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it does not speak TLS 1.2 or later',
};

/** What is known of a call that got no answer. */
export interface UnansweredFacts {
  /** Host and port of the last gateway. */
  host: string;
  /** How many gateways were tried. */
  tried: number;
  requestId: string;
  credentials: CredentialsKind;
}

/**
 * Makes the error for a call that got no answer.
 *
 * @param cause - Node's error for the last gateway
 */
export function unreachable(cause: unknown, facts: UnansweredFacts): FabricRequestError {
  const { host, tried, requestId, credentials } = facts;
  const error = firstOf(cause);
  const known = { requestId, host, cause: error };
  if (error.code?.startsWith('HPE_')) {
    return new FabricRequestError(malformed(error, host), { kind: 'unexpectedAnswer', ...known });
  }
  const alert = alertOf(error);
  if (alert !== undefined && refusesCertificate(alert, credentials)) {
    return new FabricRequestError(refusal(alert, host, credentials), {
      kind: 'accessDenied',
      ...known,
    });
  }
  const isRefused = error.code === 'ERR_SERVER_IDENTITY';
  const one = isRefused ? `The gateway ${host} is refused` : `The gateway ${host} can't be reached`;
  const what = tried === 1 ? one : `None of the ${tried} gateways can be reached. ${one}`;
  const reason = reasonOf(error, alert);
  return new FabricRequestError(`${what}: ${reason}.`, { kind: 'unreachable', ...known });
}

function reasonOf(error: NodeJS.ErrnoException, alert: string | undefined): string {
  const { code, message } = error;
  if (code === 'ERR_SERVER_IDENTITY') return `unexpected server certificate: ${message}`;
  const reason = REASONS[code ?? ''] ?? (alert === undefined ? message : 'the TLS handshake failed');
  const details = [code, alert && `alert "${alert}"`].filter((detail) => detail !== undefined);
  return details.length === 0 ? reason : `${reason} (${details.join(', ')})`;
}

/** The message for an answer that Node's HTTP parser rejects. Only one that does not begin like HTTP suggests another protocol. */
function malformed(error: NodeJS.ErrnoException, host: string): string {
  if (error.code !== 'HPE_INVALID_CONSTANT') {
    return `The gateway ${host} gave a malformed answer (${error.code}).`;
  }
  const { rawPacket } = error as { rawPacket?: unknown };
  return isTlsRecord(rawPacket)
    ? `The server at ${host} speaks TLS, not plain HTTP (${error.code}); is it an https endpoint?`
    : `The server at ${host} does not speak HTTP (${error.code}).`;
}

/** Whether a packet begins like an alert (21) or a handshake (22) of TLS. @see RFC 8446, section 5.1 */
function isTlsRecord(packet: unknown): boolean {
  return Buffer.isBuffer(packet) && (packet[0] === 21 || packet[0] === 22) && packet[1] === 3;
}

/** Makes the error for an answer with a success status that was cut off. */
export function cutAnswerError(answer: GatewayAnswer, host: string, requestId: string): FabricRequestError {
  const { status: httpStatus, parserError } = answer;
  if (parserError !== undefined) {
    return new FabricRequestError(`The gateway ${host} gave a malformed answer (${httpStatus}, ${parserError}).`, {
      kind: 'unexpectedAnswer',
      requestId,
      host,
      httpStatus,
    });
  }
  const message = `The connection to the gateway ${host} was closed in the middle of its answer (${httpStatus}).`;
  return new FabricRequestError(message, { kind: 'unreachable', requestId, host, httpStatus });
}

/** Makes the error for a call that ended before it was answered. */
export function endedError(why: 'aborted' | 'timedOut', deadlineMs: number, requestId: string): FabricRequestError {
  if (why === 'aborted') {
    return new FabricRequestError('The call was aborted by its caller.', { kind: why, requestId });
  }
  return new FabricRequestError(
    `No gateway answered within ${deadlineMs / 1000} s. The cluster may have carried out the request.`,
    {
      kind: why,
      requestId,
    },
  );
}

/** The codes for an address that this machine has no route to, such as one of IPv6 where there is only IPv4. */
const NO_ROUTE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * If all addresses of a host name failed, Node reports one error that contains one for each. The first one counts that says something
 * about the gateway.
 */
function firstOf(cause: unknown): NodeJS.ErrnoException {
  if (!isNativeError(cause)) return new Error(String(cause));
  const all: unknown[] = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : [];
  const errors: NodeJS.ErrnoException[] = all.filter(isNativeError);
  return errors.find(({ code }) => !NO_ROUTE.has(code ?? '')) ?? errors[0] ?? cause;
}
