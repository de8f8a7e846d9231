import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { Dice } from './dice.ts';

/** In a proxy's page, which is nobody's business: it must not turn up in a log or a table. */
export const PROXY_TOKEN = 'proxy-token-3f1c9a70e5d24b68';

const SIGN_IN = `<html><body><form action="/login?token=${PROXY_TOKEN}">Sign in to go on</form></body></html>`;

/** What the uploads do is left alone: it is the app that has to bear the faults. */
const OPERATIONS = ['getSession', 'delete'] as const;

type Effect = Pick<FaultRule, 'answer' | 'connection' | 'latencyMs' | 'applied' | 'times' | 'operation'>;

const HTML = 'text/html; charset=utf-8';

/** All that a cluster, or what stands before it, can do wrong with a request. */
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
  // Written by a proxy or by http.sys: none of them says anything about a session.
  foreignRefusal: (dice) => ({
    answer: { status: dice.pick([400, 404, 405, 407, 409, 411, 421]), contentType: HTML, body: SIGN_IN },
  }),
  foreignRefusalWithoutBody: (dice) => ({ answer: { status: dice.pick([400, 404, 405, 407, 409, 421]) } }),
  foreignDenial: (dice) => ({ answer: { status: dice.pick([401, 403]), contentType: HTML, body: SIGN_IN } }),
  // In place of a look-up's answer. A DELETE that is answered so without being done cannot be told from one that was.
  okToEverything: () => ({ operation: 'getSession', answer: { status: 200 } }),
  noContentToEverything: () => ({ operation: 'getSession', answer: { status: 204, headers: { Age: '40' } } }),
  // The gateway holds a DELETE and then drops it: sent again elsewhere, it would come long after its look-up.
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
  // Each costs the client's whole deadline.
  deaf: (dice) => ({ connection: 'deaf', applied: dice.chance(0.5), times: 1 }),
  // Either stops the sweep that meets it.
  unauthorized: () => ({ answer: { status: 401 }, times: 1 }),
  forbidden: () => ({ answer: { status: 403 }, times: 1 }),
} satisfies Record<string, (dice: Dice) => Effect>;

export type FaultName = keyof typeof FAULTS;

const NAMES = Object.keys(FAULTS) as FaultName[];
const DENIALS: FaultName[] = ['unauthorized', 'forbidden'];
/** What lets calls through, or costs too long when every call meets it. */
const NOT_IN_OUTAGES = new Set<FaultName>([
  'latency',
  'deaf',
  'resetAfterAnswer',
  'keptDelete',
  'slowLookUps',
  ...DENIALS,
]);

/** Rare by their `times` alone. */
const PRESSING = new Set<FaultName>(['keptDelete', 'slowLookUps']);

/** Fault rules for a while of mixed trouble: most calls get through in the end. */
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

/** One fault that nothing gets past. */
export function outage(dice: Dice): FaultRule {
  const others = NAMES.filter((one) => !NOT_IN_OUTAGES.has(one));
  const name = dice.chance(0.25) ? dice.pick(DENIALS) : dice.pick(others);
  const { times: _, ...effect }: Effect = FAULTS[name](dice);
  // Nothing is done: a DELETE that was applied would leave the next sweep fewer sessions to hammer.
  return { name, ...effect, operation: [...OPERATIONS], applied: false };
}

/** Whether a fault ends connections, after which a client may send the same request once more. */
export function breaksConnections(rule: FaultRule): boolean {
  return rule.connection !== undefined;
}
