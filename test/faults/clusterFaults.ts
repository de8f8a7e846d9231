import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { RandomChoices } from './randomChoices.ts';

/** A secret in a proxy's page. It must not occur in a log or a table. */
export const PROXY_TOKEN = 'proxy-token-3f1c9a70e5d24b68';

const SIGN_IN = `<html><body><form action="/login?token=${PROXY_TOKEN}">Sign in to go on</form></body></html>`;

/** Faults are only for the app's operations, not for those of the uploads. */
const OPERATIONS = ['getSession', 'delete'] as const;

type Effect = Pick<FaultRule, 'answer' | 'connection' | 'latencyMs' | 'applied' | 'times' | 'operation'>;

const HTML = 'text/html; charset=utf-8';

/** All faults of a cluster, and of a proxy in front of it. */
const FAULTS = {
  latency: (random) => ({ latencyMs: random.between(20, 600) }),
  tooManyRequests: (random) => ({ answer: { status: 429, headers: { 'Retry-After': String(random.between(0, 1)) } } }),
  busy: () => ({ answer: { status: 503, code: 'FABRIC_E_SERVICE_TOO_BUSY' } }),
  notPrimary: () => ({ answer: { status: 503, code: 'FABRIC_E_NOT_PRIMARY' } }),
  timedOut: (random) => ({ answer: { status: 504, code: 'FABRIC_E_TIMEOUT' }, applied: random.chance(0.5) }),
  serverError: (random) => ({ answer: { status: 500, code: 'E_FAIL' }, applied: random.chance(0.5) }),
  serviceMissing: () => ({ answer: { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' } }),
  resetBeforeAnswer: (random) => ({ connection: 'breakBeforeAnswer', applied: random.chance(0.5) }),
  resetInHead: (random) => ({ connection: 'breakInHead', applied: random.chance(0.5) }),
  resetInBody: (random) => ({ connection: 'breakInBody', applied: random.chance(0.5) }),
  resetAfterAnswer: () => ({ connection: 'breakAfterAnswer', applied: true }),
  proxyError: () => ({ answer: { status: 502, contentType: HTML, body: SIGN_IN } }),
  proxySignIn: () => ({ answer: { status: 200, contentType: HTML, body: SIGN_IN } }),
  // Answers of a proxy or of HTTP.sys, which are not about a session.
  foreignRefusal: (random) => ({
    answer: { status: random.pick([400, 404, 405, 407, 409, 411, 421]), contentType: HTML, body: SIGN_IN },
  }),
  foreignRefusalWithoutBody: (random) => ({ answer: { status: random.pick([400, 404, 405, 407, 409, 421]) } }),
  foreignDenial: (random) => ({ answer: { status: random.pick([401, 403]), contentType: HTML, body: SIGN_IN } }),
  // Only for GETs: after a DELETE the app could not distinguish this answer from a real success.
  okToEverything: () => ({ operation: 'getSession', answer: { status: 200 } }),
  noContentToEverything: () => ({ operation: 'getSession', answer: { status: 204, headers: { Age: '40' } } }),
  // The gateway receives a DELETE and breaks the connection seconds later, when a retry at another gateway would need a new guard.
  stalledDelete: (random) => ({
    operation: 'delete',
    latencyMs: random.between(2_500, 5_000),
    connection: 'breakBeforeAnswer',
    applied: false,
    times: random.between(1, 3),
  }),
  slowLookUps: (random) => ({
    operation: 'getSession',
    latencyMs: random.between(1_500, 4_000),
    times: random.between(4, 10),
  }),
  // Each one uses up the client's timeout.
  noAnswer: (random) => ({ connection: 'noAnswer', applied: random.chance(0.5), times: 1 }),
  // Each of these stops the sweep.
  unauthorized: () => ({ answer: { status: 401 }, times: 1 }),
  forbidden: () => ({ answer: { status: 403 }, times: 1 }),
} satisfies Record<string, (random: RandomChoices) => Effect>;

type FaultName = keyof typeof FAULTS;

const NAMES = Object.keys(FAULTS) as FaultName[];
const DENIALS: FaultName[] = ['unauthorized', 'forbidden'];
/** Faults that do not stop calls, or that take too long if they affect every call. */
const NOT_IN_OUTAGES = new Set<FaultName>([
  'latency',
  'noAnswer',
  'resetAfterAnswer',
  'stalledDelete',
  'slowLookUps',
  ...DENIALS,
]);

/** Faults that are limited by their `times`, so that they may be frequent. */
const FREQUENT = new Set<FaultName>(['stalledDelete', 'slowLookUps']);

/** Fault rules for a phase with mixed faults, in which most calls succeed in the end. */
export function mixedFaults(random: RandomChoices): FaultRule[] {
  return random.sample(NAMES, random.between(3, 6)).map((name) => {
    const effect: Effect = FAULTS[name](random);
    const rule = {
      name,
      operation: random.chance(0.5) ? [...OPERATIONS] : random.pick(OPERATIONS),
      probability: effect.times === undefined ? random.between(5, 30) / 100 : 0.07,
      ...effect,
    };
    return FREQUENT.has(name) ? { ...rule, probability: 0.5 } : rule;
  });
}

/** One fault that makes all calls fail. */
export function outageFault(random: RandomChoices): FaultRule {
  const others = NAMES.filter((one) => !NOT_IN_OUTAGES.has(one));
  const name = random.chance(0.25) ? random.pick(DENIALS) : random.pick(others);
  const { times: _, ...effect }: Effect = FAULTS[name](random);
  // Nothing is carried out: otherwise the next sweep would have fewer sessions for which it could send too many requests.
  return { name, ...effect, operation: [...OPERATIONS], applied: false };
}

/** Whether a fault ends connections, after which a client may send the same request again. */
export function breaksConnections(rule: FaultRule): boolean {
  return rule.connection !== undefined;
}
