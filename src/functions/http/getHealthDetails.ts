import * as v from 'valibot';
import { checkHealth } from '../../health/healthChecks.ts';
import { described } from '../../wire/described.ts';
import { healthDetails } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { oneOf } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/health/details`: each part that the app depends on. */
export const route = defineRoute('getHealthDetails', {
  summary: 'Reports the health of each part that the app depends on',
  description:
    'Checks the settings, the three tables, the cluster, and whether it accepts the credentials. For the last two it asks the cluster to delete a ' +
    'session with a new random id, for which the expected answer is 404 `NotFound`. That answer is cached for a minute.',
  query: v.strictObject({
    refresh: v.optional(
      described(
        oneOf(['true', 'false']),
        'Whether to probe the cluster even if its last answer is less than a minute old.',
      ),
    ),
  }),
  answers: {
    200: { description: 'No check failed.', schema: healthDetails, examples: { up: examples.healthy } },
    503: {
      description: 'A check failed: see `checks`.',
      schema: healthDetails,
      examples: { down: examples.unhealthy },
    },
  },
  problems: {},
  async handle({ query }) {
    const jsonBody = await checkHealth(connect, query.refresh === 'true' ? 'fresh' : 'recent');
    return { status: jsonBody.status === 'up' ? 200 : 503, jsonBody };
  },
});
