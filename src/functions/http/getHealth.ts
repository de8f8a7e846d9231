import { checkHealth } from '../../health/healthChecks.ts';
import { type Health, health } from '../../wire/schemas.ts';
import { connect, errorFacts, logLine } from '../invocation/connect.ts';
import { defineRoute } from '../routing/route.ts';

/** Anyone may call it, so the checks run no more often than this, in milliseconds. */
const CACHED_MS = 10_000;

let cached: { at: number; answer: Promise<Health> } | undefined;

/** `GET /api/health`: up or down, and nothing else. */
export const route = defineRoute('getHealth', {
  summary: 'Reports whether the app works',
  description:
    'For load balancers and monitors. Needs no key and gives no reason. The answer is cached for 10 seconds, the cluster check for a minute.',
  answers: {
    200: { description: 'Up.', schema: health, examples: { up: { status: 'up' } } },
    503: { description: 'Down: GET /health/details says why.', schema: health, examples: { down: { status: 'down' } } },
  },
  problems: {},
  async handle({ context }) {
    if (!cached || Date.now() - cached.at > CACHED_MS) {
      const answer = checkHealth(connect, 'recent').then(
        ({ status }): Health => ({ status }),
        (error: unknown): Health => {
          context.error(logLine('The health check failed.', errorFacts(error)));
          return { status: 'down' };
        },
      );
      cached = { at: Date.now(), answer };
    }
    const jsonBody = await cached.answer;
    return { status: jsonBody.status === 'up' ? 200 : 503, jsonBody };
  },
});
