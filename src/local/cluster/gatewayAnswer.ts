/** One HTTP answer of the gateway, or of something in front of it. */
export interface GatewayAnswer {
  status: number;
  /** A FabricErrorCode. The body is then a FabricError. */
  code?: string | undefined;
  /** The FabricError's message. */
  message?: string | undefined;
  /** The body, instead of a FabricError. */
  body?: string | undefined;
  contentType?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** The status text; by default the usual one. */
  reason?: string | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

const NO_MESSAGE = 'Null';
const GATEWAY_TIMEOUT = 504;
const UNAVAILABLE = 503;
const RETRY_LATER = 'The cluster cannot do this now. Please retry.';

/**
 * All error answers: those of the gateway, by the table of status codes in its source, and those of a proxy or load balancer in front of
 * it. Each can be the `answer` of a fault rule.
 *
 * @see Management/HttpTransport/HttpUtil.cpp and httpgateway/ErrorBody.cpp of microsoft/service-fabric
 */
export const STATUS_TABLE: readonly GatewayAnswer[] = [
  { status: 400, code: 'E_INVALIDARG', message: 'Invalid argument' },
  { status: 400, code: 'FABRIC_E_INVALID_UPLOAD_SESSION_ID', message: 'The upload session identity is invalid.' },
  { status: 400, code: 'FABRIC_E_INVALID_ADDRESS', message: 'The supplied address was invalid.' },
  { status: 400, code: 'FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE', message: NO_MESSAGE },
  { status: 401 },
  {
    status: 401,
    code: 'FABRIC_E_SERVER_AUTHENTICATION_FAILED',
    message: 'Failed to authenticate server identity',
  },
  { status: 403 },
  { status: 403, code: 'E_ACCESSDENIED', message: 'Access denied.' },
  { status: 404, code: 'NotFound', message: NO_MESSAGE },
  { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST', message: 'Service does not exist.' },
  { status: 404, code: 'FABRIC_E_PARTITION_NOT_FOUND', message: 'The requested partition does not exist.' },
  { status: 404, code: 'FABRIC_E_NODE_NOT_FOUND', message: 'Node not found.' },
  { status: 409, code: 'FABRIC_E_UPLOAD_SESSION_ID_CONFLICT', message: NO_MESSAGE },
  { status: 429, headers: { 'Retry-After': '1' } },
  { status: 500, code: 'E_FAIL', message: NO_MESSAGE },
  { status: 502, code: 'FABRIC_E_GATEWAY_NOT_REACHABLE', message: 'A communication error occurred.' },
  {
    status: 502,
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
    contentType: 'text/html',
  },
  { status: UNAVAILABLE, code: 'FABRIC_E_NOT_PRIMARY', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_NO_WRITE_QUORUM', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_NOT_READY', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_RECONFIGURATION_PENDING', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_REPLICATION_QUEUE_FULL', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_SERVICE_TOO_BUSY', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_SERVICE_OFFLINE', message: RETRY_LATER },
  { status: UNAVAILABLE, code: 'FABRIC_E_OBJECT_CLOSED', message: 'The object is closed.' },
  { status: UNAVAILABLE, code: 'E_ABORT', message: 'Operation canceled.' },
  { status: UNAVAILABLE, code: 'FABRIC_E_CONNECTION_CLOSED_BY_REMOTE_END', message: NO_MESSAGE },
  { status: GATEWAY_TIMEOUT, code: 'FABRIC_E_TIMEOUT', message: 'Operation timed out.' },
  { status: GATEWAY_TIMEOUT, code: 'FABRIC_E_COMMUNICATION_ERROR', message: 'A communication error occurred.' },
  { status: GATEWAY_TIMEOUT, code: 'FABRIC_E_OPERATION_NOT_COMPLETE', message: 'The operation has not completed.' },
];

const BY_CODE = new Map(STATUS_TABLE.map((answer) => [answer.code, answer]));

/** The gateway's answer for a FabricErrorCode; 500 for a code that is not in the table. */
export function fabricError(code: string): GatewayAnswer {
  return BY_CODE.get(code) ?? { status: 500, code, message: NO_MESSAGE };
}

/** A success, with or without a body. Both have a content type and a length. */
export function success(value?: unknown): GatewayAnswer {
  return { status: 200, body: value === undefined ? '' : JSON.stringify(value), contentType: JSON_TYPE };
}

/** The success that means "not found" for a look-up. */
export const NO_CONTENT: GatewayAnswer = { status: 204, contentType: JSON_TYPE };

/** The body of an answer and its content type. An answer with neither code nor body has an empty body. */
export function bodyOf(answer: GatewayAnswer): { body: string; contentType: string | undefined } {
  if (answer.body !== undefined || answer.code === undefined) {
    return { body: answer.body ?? '', contentType: answer.contentType };
  }
  const error = { Error: { Code: answer.code, Message: answer.message ?? NO_MESSAGE } };
  return { body: JSON.stringify(error), contentType: answer.contentType ?? JSON_TYPE };
}
