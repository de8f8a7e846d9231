import { retrySession } from '../../cleanup/editSession.ts';
import { type SessionItem, sessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { ApiProblem } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { defineRoute } from '../routing/route.ts';

/** `POST /api/upload-sessions/{sessionId}/retry`: retries a given-up session. */
export const route = defineRoute('retryUploadSession', {
  summary: 'Retries a given-up upload session',
  description:
    'The next sweep retries it, with its attempts reset to 0, if it is still stale then. A session that waits for its next ' +
    'attempt becomes due at once. Any other session is unchanged, so calling it twice is safe.',
  answers: {
    200: {
      description: 'The row as it is now.',
      schema: sessionItem,
      examples: {
        retried: { ...examples.session, nextAttemptAt: '2026-11-22T12:00:00.000Z', lastError: 'FABRIC_E_NOT_PRIMARY' },
      },
    },
  },
  problems: {
    404: 'The session is not registered.',
    503: 'The row is being written by other clients. `Retry-After` says when to retry.',
    507: 'The storage refuses to write the row, which is near its limits of columns or size.',
  },
  async handle({ sessionId }) {
    const { direct, sweepRules } = await connect();
    const now = new Date();
    const session = await retrySession(direct, sessionId, now, sweepRules);
    if (!session) {
      const detail =
        'It has no row in the table of sessions: it was settled, or never registered. Use PUT to register it.';
      throw new ApiProblem(404, 'Not a registered upload session', detail, { sessionId });
    }
    const jsonBody: SessionItem = toSessionItem(session, now, sweepRules);
    return { jsonBody };
  },
});
