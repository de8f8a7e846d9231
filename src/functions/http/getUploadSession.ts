import { isUnknown, lookUpSession } from '../../wire/lookUpSession.ts';
import { type SessionDetails, sessionDetails } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import { ApiProblem } from '../routing/apiProblem.ts';
import { sealToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { outcomesOf } from '../routing/outcomeList.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/upload-sessions/{sessionId}`: one session, by its row, by the cluster, and what was done about it. */
export const route = defineRoute('getUploadSession', {
  summary: 'Tells all that is known of one upload session',
  description:
    "Its row, the cluster's own view of it, and its newest outcomes. Registered or not; where the cluster can't be asked, the " +
    'answer says why and holds the rest.',
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
    const known = await lookUpSession(app, sessionId);
    if (isUnknown(known)) {
      const detail = 'It is not registered, the cluster knows no such session, and no outcome of it is kept.';
      throw new ApiProblem(404, 'No such upload session', detail, { sessionId, requestId: known.cluster.requestId });
    }
    const { history, nextOutcomes, ...rest } = known;
    const continuationToken =
      nextOutcomes === undefined ? undefined : sealToken(app.settings, outcomesOf({ sessionId }), nextOutcomes);
    const details: SessionDetails = { ...rest, history: { items: history, continuationToken } };
    const { cluster } = known;
    if (cluster.answer === 'failed') context.warn(`The cluster could not be asked: ${cluster.message}`);
    return { jsonBody: details };
  },
});
