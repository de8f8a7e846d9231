import { checkHealth } from '../../health/healthChecks.ts';
import { healthDetails } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/health/details`: each part that the app depends on. */
export const route = defineRoute('getHealthDetails', {
  summary: 'Tells how each part that the app depends on answers',
  description:
    'Settings, the three tables, the cluster, and whether it takes our credentials: for both of these it is asked for a ' +
    'session with a new random id, which it must not know. It lets only those ask who may also delete.',
  answers: {
    200: { description: 'All is well.', schema: healthDetails, examples: { up: examples.healthy } },
    503: { description: 'Something fails: see `checks`.', schema: healthDetails, examples: { down: examples.ill } },
  },
  problems: {},
  async handle() {
    const jsonBody = await checkHealth(connect);
    return { status: jsonBody.status === 'up' ? 200 : 503, jsonBody };
  },
});
