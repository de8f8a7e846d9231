import { isNativeError } from 'node:util/types';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';

/** What Node's codes for a connection that failed mean; all others are told in Node's own words. */
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
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks no TLS 1.2 or later',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no TLS 1.2 or later',
};

/** The TLS alerts by which a server refuses a client for its certificate, or for having none. */
const REFUSED_CERTIFICATE =
  /^ERR_SSL_.*(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$/;

/**
 * Makes the error for a call that got no answer.
 *
 * @param cause - what Node said of the last gateway that was tried
 * @param host - that gateway's host and port
 * @param tried - how many gateways were tried
 */
export function unreachable(cause: unknown, host: string, tried: number, requestId: string): FabricRequestError {
  const error = firstOf(cause);
  if (error.code?.startsWith('HPE_')) {
    return new FabricRequestError(
      `What answers at ${host} does not speak HTTP (${error.code}); is it an https endpoint?`,
      {
        kind: 'unexpectedAnswer',
        retryable: true,
        requestId,
        host,
        cause,
      },
    );
  }
  if (REFUSED_CERTIFICATE.test(error.code ?? '')) {
    return new FabricRequestError(
      `The gateway ${host} refuses our client certificate, or the want of one (${error.code}).`,
      {
        kind: 'accessDenied',
        retryable: false,
        requestId,
        host,
        cause,
      },
    );
  }
  const isOther = error.code === 'ERR_SERVER_IDENTITY';
  const reason = isOther
    ? `it is not the expected server: ${error.message}`
    : (REASONS[error.code ?? ''] ?? error.message);
  const code = error.code === undefined || isOther ? '' : ` (${error.code})`;
  const what =
    tried === 1
      ? `The gateway ${host} can't be reached`
      : `None of the ${tried} gateways can be reached; of the last, ${host}`;
  return new FabricRequestError(`${what}: ${reason}${code}.`, {
    kind: 'unreachable',
    retryable: true,
    requestId,
    host,
    cause,
  });
}

/** Makes the error for an answer that began well and ended in its middle. */
export function cutAnswer(httpStatus: number, host: string, requestId: string): FabricRequestError {
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
