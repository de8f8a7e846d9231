import * as z from 'zod';
import { ApiProblem } from './api/apiProblem.ts';
import * as examples from './api/examples.ts';
import { outcomePage } from './api/outcomePage.ts';
import { defineRoute } from './api/route.ts';
import { type ClusterView, type SessionDetails, sessionDetails } from './api/schemas.ts';
import { toClusterView, toFailedView, toSessionItem } from './api/toWire.ts';
import { connect } from './app.ts';
import { ROUTES } from './routes.ts';

/** Who looks at a session wants its row even where the cluster is slow, in milliseconds. */
const CLUSTER_PATIENCE_MS = 20_000;
const HISTORY = 50;

/** `GET /api/upload-sessions/{sessionId}`: one session, by its row, by the cluster, and what was done about it. */
export const getUploadSession = defineRoute({
  ...ROUTES.getUploadSession,
  summary: 'Tells all that is known of one upload session',
  description:
    "Its row, the cluster's own view of it, and its newest outcomes. Registered or not; where the cluster can't be asked, the " +
    'answer says why and holds the rest.',
  query: z.strictObject({}),
  answers: {
    200: {
      description: 'What is known of it.',
      schema: sessionDetails,
      examples: {
        found: examples.details,
        gone: {
          sessionId: examples.SESSION_ID,
          cluster: { answer: 'notFound', requestId: examples.outcome.requestId },
          history: { items: [examples.outcome] },
        },
      },
    },
  },
  problems: { 404: 'Neither the table nor the cluster nor the history knows the session.' },
  async handle({ sessionId, context }) {
    const app = await connect();
    const { getSession, findSession } = app.direct;
    const [row, cluster, history] = await Promise.all([
      findSession(sessionId),
      getSession(sessionId, { signal: AbortSignal.timeout(CLUSTER_PATIENCE_MS) }).then(toClusterView, toFailedView),
      outcomePage(app, { sessionId }, HISTORY),
    ]);
    if (!row && cluster.answer === 'notFound' && history.items.length === 0) throw unknown(sessionId, cluster);
    const details: SessionDetails = {
      sessionId,
      registered: row && toSessionItem(row, new Date(), app.sweepRules),
      cluster,
      history,
    };
    if (cluster.answer === 'failed') context.warn(`The cluster could not be asked: ${cluster.message}`);
    return { jsonBody: details };
  },
});

function unknown(sessionId: string, { requestId }: ClusterView): ApiProblem {
  const detail = 'It is not registered, the cluster knows no such session, and no outcome of it is kept.';
  return new ApiProblem(404, 'No such upload session', detail, { sessionId, requestId });
}
