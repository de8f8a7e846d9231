import { isUnknown, lookUpSession } from '../../wire/lookUpSession.ts';
import { type SessionDetails, sessionDetails } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import { ApiProblem } from '../routing/apiProblem.ts';
import { signToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { outcomesOf } from '../routing/outcomeList.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/upload-sessions/{sessionId}`: one session: its row, the cluster's view of it, and its outcomes. */
export const route = defineRoute('getUploadSession', {
  summary: 'Reports what is known about one upload session',
  description:
    "Returns its row, the cluster's view of it, and its newest outcomes, whether it is registered or not. If the cluster is unreachable, the " +
    'answer says why and contains the rest.',
  answers: {
    200: {
      description: 'What is known about it.',
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
  problems: { 404: 'The session is not registered, not on the cluster, and has no recorded outcome.' },
  async handle({ sessionId, context }) {
    const app = await connect();
    const known = await lookUpSession(app, sessionId);
    if (isUnknown(known)) {
      const detail = 'It is not registered, it is not on the cluster, and no outcome of it is kept.';
      throw new ApiProblem(404, 'Upload session not found', detail, { sessionId, requestId: known.cluster.requestId });
    }
    const { history, nextOutcomes, ...rest } = known;
    const continuationToken = signToken(app.settings, outcomesOf({ sessionId }), nextOutcomes);
    const details: SessionDetails = { ...rest, history: { items: history, continuationToken } };
    const { cluster } = known;
    if (cluster.answer === 'failed') context.warn(`The call to the cluster failed: ${cluster.message}`);
    return { jsonBody: details };
  },
});
