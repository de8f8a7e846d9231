import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { Dice } from './dice.ts';

/** A secret in a proxy's page. It must not occur in a log or a table. */
export const PROXY_TOKEN = 'proxy-token-3f1c9a70e5d24b68';

const SIGN_IN = `<html><body><form action="/login?token=${PROXY_TOKEN}">Sign in to go on</form></body></html>`;

/** Faults are only for the app's operations, not for those of the uploads. */
const OPERATIONS = ['getSession', 'delete'] as const;

type Effect = Pick<FaultRule, 'answer' | 'connection' | 'latencyMs' | 'applied' | 'times' | 'operation'>;

const HTML = 'text/html; charset=utf-8';

/** All faults of a cluster, and of something in front of it. */
const FAULTS = {
  latency: (dice) => ({ latencyMs: dice.between(20, 600) }),
  tooManyRequests: (dice) => ({ answer: { status: 429, headers: { 'Retry-After': String(dice.between(0, 1)) } } }),
  busy: () => ({ answer: { status: 503, code: 'FABRIC_E_SERVICE_TOO_BUSY' } }),
  notPrimary: () => ({ answer: { status: 503, code: 'FABRIC_E_NOT_PRIMARY' } }),
  timedOut: (dice) => ({ answer: { status: 504, code: 'FABRIC_E_TIMEOUT' }, applied: dice.chance(0.5) }),
  serverError: (dice) => ({ answer: { status: 500, code: 'E_FAIL' }, applied: dice.chance(0.5) }),
  serviceMissing: () => ({ answer: { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' } }),
  resetBeforeAnswer: (dice) => ({ connection: 'breakBeforeAnswer', applied: dice.chance(0.5) }),
  resetInHead: (dice) => ({ connection: 'breakInHead', applied: dice.chance(0.5) }),
  halfABody: (dice) => ({ connection: 'breakInBody', applied: dice.chance(0.5) }),
  resetAfterAnswer: () => ({ connection: 'breakAfterAnswer', applied: true }),
  proxyError: () => ({ answer: { status: 502, contentType: HTML, body: SIGN_IN } }),
  proxySignIn: () => ({ answer: { status: 200, contentType: HTML, body: SIGN_IN } }),
  // Answers of a proxy or of HTTP.sys, which are not about a session.
  foreignRefusal: (dice) => ({
    answer: { status: dice.pick([400, 404, 405, 407, 409, 411, 421]), contentType: HTML, body: SIGN_IN },
  }),
  foreignRefusalWithoutBody: (dice) => ({ answer: { status: dice.pick([400, 404, 405, 407, 409, 421]) } }),
  foreignDenial: (dice) => ({ answer: { status: dice.pick([401, 403]), contentType: HTML, body: SIGN_IN } }),
  // Only for look-ups: a DELETE with this answer that was not carried out cannot be distinguished from one that was.
  okToEverything: () => ({ operation: 'getSession', answer: { status: 200 } }),
  noContentToEverything: () => ({ operation: 'getSession', answer: { status: 204, headers: { Age: '40' } } }),
  // The gateway receives a DELETE and then breaks the connection: sent to another gateway, it would be long after its look-up.
  keptDelete: (dice) => ({
    operation: 'delete',
    latencyMs: dice.between(2_500, 5_000),
    connection: 'breakBeforeAnswer',
    applied: false,
    times: dice.between(1, 3),
  }),
  slowLookUps: (dice) => ({
    operation: 'getSession',
    latencyMs: dice.between(1_500, 4_000),
    times: dice.between(4, 10),
  }),
  // Each takes the client's whole deadline.
  deaf: (dice) => ({ connection: 'deaf', applied: dice.chance(0.5), times: 1 }),
  // Each of these stops the sweep.
  unauthorized: () => ({ answer: { status: 401 }, times: 1 }),
  forbidden: () => ({ answer: { status: 403 }, times: 1 }),
} satisfies Record<string, (dice: Dice) => Effect>;

export type FaultName = keyof typeof FAULTS;

const NAMES = Object.keys(FAULTS) as FaultName[];
const DENIALS: FaultName[] = ['unauthorized', 'forbidden'];
/** Faults that do not stop calls, or that take too long if they affect every call. */
const NOT_IN_OUTAGES = new Set<FaultName>([
  'latency',
  'deaf',
  'resetAfterAnswer',
  'keptDelete',
  'slowLookUps',
  ...DENIALS,
]);

/** Faults that are rare because of their `times`. */
const PRESSING = new Set<FaultName>(['keptDelete', 'slowLookUps']);

/** Fault rules for a phase with mixed faults, in which most calls finally succeed. */
export function mixedTrouble(dice: Dice): FaultRule[] {
  return dice.some(NAMES, dice.between(3, 6)).map((name) => {
    const effect: Effect = FAULTS[name](dice);
    const rule = {
      name,
      operation: dice.chance(0.5) ? [...OPERATIONS] : dice.pick(OPERATIONS),
      probability: effect.times === undefined ? dice.between(5, 30) / 100 : 0.07,
      ...effect,
    };
    return PRESSING.has(name) ? { ...rule, probability: 0.5 } : rule;
  });
}

/** One fault that makes all calls fail. */
export function outage(dice: Dice): FaultRule {
  const others = NAMES.filter((one) => !NOT_IN_OUTAGES.has(one));
  const name = dice.chance(0.25) ? dice.pick(DENIALS) : dice.pick(others);
  const { times: _, ...effect }: Effect = FAULTS[name](dice);
  // Nothing is carried out: otherwise the next sweep would have fewer sessions to ask for too often.
  return { name, ...effect, operation: [...OPERATIONS], applied: false };
}

/** Whether a fault ends connections, after which a client may send the same request again. */
export function breaksConnections(rule: FaultRule): boolean {
  return rule.connection !== undefined;
}
