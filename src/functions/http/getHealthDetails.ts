import * as z from 'zod';
import { checkHealth } from '../../health/healthChecks.ts';
import { healthDetails } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { oneOf } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/health/details`: each part that the app depends on. */
export const route = defineRoute('getHealthDetails', {
  summary: 'Tells how each part that the app depends on answers',
  description:
    'Settings, the three tables, the cluster, and whether it accepts the credentials: for both of these it is asked to delete a ' +
    'session with a new random id, which must be answered 404 `NotFound`. That answer is kept for a minute.',
  query: z.strictObject({
    refresh: oneOf(['true', 'false'])
      .optional()
      .describe('Asks the cluster now, also if its last answer is less than a minute old.'),
  }),
  answers: {
    200: { description: 'All is well.', schema: healthDetails, examples: { up: examples.healthy } },
    503: { description: 'Something fails: see `checks`.', schema: healthDetails, examples: { down: examples.ill } },
  },
  problems: {},
  async handle({ query }) {
    const jsonBody = await checkHealth(connect, query.refresh === 'true' ? 'fresh' : 'recent');
    return { status: jsonBody.status === 'up' ? 200 : 503, jsonBody };
  },
});
