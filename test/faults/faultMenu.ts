import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { Dice } from './dice.ts';

/** In a proxy's page, which is nobody's business: it must not turn up in a log or a table. */
export const PROXY_TOKEN = 'proxy-token-3f1c9a70e5d24b68';

const SIGN_IN = `<html><body><form action="/login?token=${PROXY_TOKEN}">Sign in to go on</form></body></html>`;

/** What the uploads do is left alone: it is the app that has to bear the faults. */
const OPERATIONS = ['getSession', 'delete'] as const;

type Effect = Pick<FaultRule, 'answer' | 'connection' | 'latencyMs' | 'applied' | 'times'>;

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
  proxyError: () => ({ answer: { status: 502, contentType: 'text/html', body: SIGN_IN } }),
  proxySignIn: () => ({ answer: { status: 200, contentType: 'text/html; charset=utf-8', body: SIGN_IN } }),
  // Each costs the client's whole deadline.
  deaf: (dice) => ({ connection: 'deaf', applied: dice.chance(0.5), times: 1 }),
  // Either stops the sweep that meets it.
  unauthorized: () => ({ answer: { status: 401 }, times: 1 }),
  forbidden: () => ({ answer: { status: 403 }, times: 1 }),
} satisfies Record<string, (dice: Dice) => Effect>;

export type FaultName = keyof typeof FAULTS;

const NAMES = Object.keys(FAULTS) as FaultName[];
const DENIALS: FaultName[] = ['unauthorized', 'forbidden'];

/** Fault rules for a while of mixed trouble: most calls get through in the end. */
export function mixedTrouble(dice: Dice): FaultRule[] {
  return dice.some(NAMES, dice.between(3, 6)).map((name) => {
    const effect: Effect = FAULTS[name](dice);
    return {
      name,
      operation: dice.chance(0.5) ? [...OPERATIONS] : dice.pick(OPERATIONS),
      probability: effect.times === undefined ? dice.between(5, 30) / 100 : 0.07,
      ...effect,
    };
  });
}

/** One fault that nothing gets past. A deaf cluster is left out, since each of its calls costs a whole deadline. */
export function outage(dice: Dice): FaultRule {
  const others = NAMES.filter((one) => !['latency', 'deaf', 'resetAfterAnswer', ...DENIALS].includes(one));
  const name = dice.chance(0.25) ? dice.pick(DENIALS) : dice.pick(others);
  const { times: _, ...effect }: Effect = FAULTS[name](dice);
  // Nothing is done: a DELETE that was applied would leave the next sweep fewer sessions to hammer.
  return { name, operation: [...OPERATIONS], ...effect, applied: false };
}

/** Whether a fault ends connections, after which a client may send the same request once more. */
export function breaksConnections(rule: FaultRule): boolean {
  return rule.connection !== undefined;
}

export function deniesAccess(rule: FaultRule): boolean {
  return rule.answer?.status === 401 || rule.answer?.status === 403;
}
