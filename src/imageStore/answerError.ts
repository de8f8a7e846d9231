import { cutText } from '../cleanup/model/cutText.ts';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { type AnswerKind, kindOfAnswer } from './answerKind.ts';
import type { CredentialsKind } from './credentialsKind.ts';
import { readFabricError } from './fabricError.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';
import { parseHttpDate, parseRetryAfter } from './retryAfter.ts';

/** What is known of the call that an error is about. */
export interface CallFacts {
  /** Who answered: the endpoint's host and port. */
  host: string;
  /** The call's `X-ServiceFabricRequestId`. */
  requestId: string;
  credentials: CredentialsDescription;
}

/** The credentials of a call, for a person who has to find out why they were refused. */
export interface CredentialsDescription {
  kind: CredentialsKind;
  /** Such as `the client certificate CN=sweeper`. */
  name: string;
  /** What the credentials lack if the cluster answers 403. */
  lack: string;
}

const LONGEST_TYPE = 80;
const LONGEST_HOST = 200;

/** The gateway's status text if the client certificate was not received, or is not trusted. */
const CERTIFICATE_MISSING = 'client certificate required';

/** Makes the error for an answer whose status means that the call failed. */
export function errorFromAnswer(answer: GatewayAnswer, call: CallFacts): FabricRequestError {
  const { status, headers } = answer;
  const fabricError = readFabricError(answer);
  const kind = kindOfAnswer(answer, fabricError?.code);
  const fact = describe(answer, fabricError?.code);
  const quote = fabricError?.message === undefined ? '' : ` The cluster's message: ${fabricError.message}`;
  const clusterDate = parseHttpDate(headers.get('date'));
  return new FabricRequestError(sentence(kind, answer, fact, call) + quote, {
    kind,
    requestId: call.requestId,
    host: call.host,
    httpStatus: status,
    code: fabricError?.code,
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), clusterDate ?? new Date()),
  });
}

/**
 * Makes the error for an answer with a success status that the image store cannot have sent.
 *
 * It comes from something in front of the cluster, such as a proxy's sign-in or maintenance page. That goes away again, and no session
 * may be given up for it.
 *
 * @param problem - what is wrong, as the end of a sentence about the gateway
 */
export function unexpectedAnswer(answer: GatewayAnswer, problem: string, call: CallFacts): FabricRequestError {
  return new FabricRequestError(`The gateway ${call.host} gave an answer that is not the image store's: ${problem}.`, {
    kind: 'unexpectedAnswer',
    requestId: call.requestId,
    host: call.host,
    httpStatus: answer.status,
  });
}

/** `404 NotFound`, or what came in place of a FabricErrorCode. */
function describe({ status, headers, body }: GatewayAnswer, code: string | undefined): string {
  if (code !== undefined) return `${status} ${code}`;
  if (body === '') return `${status} without a body`;
  const [type = ''] = (headers.get('content-type') ?? 'no content type').split(';');
  return `${status} with a body that is not a FabricError, ${cutText(type, LONGEST_TYPE)}`;
}

function sentence(kind: AnswerKind, answer: GatewayAnswer, fact: string, call: CallFacts): string {
  const { host, credentials } = call;
  switch (kind) {
    case 'notFound':
      return `The cluster has no such upload session (${fact} from ${host}).`;
    case 'invalidRequest':
      return `The gateway ${host} refuses the request (${fact}).`;
    case 'accessDenied':
      if (isCertificateMissing(answer)) return certificateMissing(fact, call);
      return answer.status === 401
        ? `The gateway ${host} does not accept ${credentials.name} (${fact}).`
        : `The gateway ${host} denies access to ${credentials.name} (${fact}): ${credentials.lack}.`;
    case 'conflict':
      return `The cluster reports a conflict (${fact} from ${host}).`;
    case 'busy':
      return `The cluster is busy (${fact} from ${host}).`;
    case 'unavailable':
      return `The image store is not available (${fact} from ${host}).`;
    case 'timedOut':
      return `The request timed out in the cluster (${fact} from ${host}).`;
    case 'foreignAnswer':
      return `The gateway ${host} gave an answer that is not the image store's (${fact}): it comes from something in front of the cluster, such as a proxy.`;
    case 'unexpectedAnswer':
      // 304 is not a redirect: something in between has kept an answer.
      return answer.status >= 300 && answer.status !== 304
        ? `The gateway ${host} redirects to ${redirectTarget(answer)} (${answer.status}), which is not followed.`
        : `The gateway ${host} gave an answer that is not the image store's (${fact}).`;
    case 'serverError':
      return `The cluster failed (${fact} from ${host}).`;
  }
}

/**
 * Whether an answer means that the client certificate was not received, or is not trusted.
 *
 * @see httpgateway/HttpCertificateAuthHandler.cpp of microsoft/service-fabric
 */
export function isCertificateMissing({ status, statusText }: GatewayAnswer): boolean {
  return status === 403 && statusText.trim().toLowerCase() === CERTIFICATE_MISSING;
}

function certificateMissing(fact: string, { host, credentials: { kind, name, lack } }: CallFacts): string {
  const denial = `The gateway ${host} denies access to ${name} (${fact}, "Client certificate required")`;
  switch (kind) {
    case 'certificate':
      return `${denial}: the client certificate was not received, or is not trusted by the cluster.`;
    // A gateway that accepts both sends the same text if it rejects a token.
    case 'entra':
      return `${denial}: ${lack}, or this port takes certificates only.`;
    case 'none':
      return `${denial}: ${lack}.`;
  }
}

/** Only the host: the rest of an address may contain a secret. */
function redirectTarget({ headers }: GatewayAnswer): string {
  const location = headers.get('location');
  if (location === null) return 'nowhere';
  const target = URL.parse(location);
  if (target === null) return 'another path on the same host';
  return target.host === '' ? 'no host' : cutText(target.host, LONGEST_HOST);
}
