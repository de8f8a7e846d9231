import * as z from 'zod';
import { OUTCOMES, outcomeList } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { outcomeListPage } from '../routing/outcomeList.ts';
import { continuationToken, limit, oneOf, sessionIdFilter, timeSpan } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/outcomes`: how cleanups ended. */
export const route = defineRoute('listOutcomes', {
  summary: 'Lists how cleanups ended, the newest runs first',
  description:
    'Kept for OUTCOME_RETENTION. The outcomes of one run have all the same time: its startedAt as `since` and as `until` ' +
    'finds them.',
  query: z.strictObject({
    ...timeSpan,
    outcome: oneOf(OUTCOMES).optional().describe('Only cleanups that ended so.'),
    sessionId: sessionIdFilter.optional().describe('Only those of this upload session.'),
    limit,
    continuationToken,
  }),
  answers: {
    200: {
      description: 'A page of outcomes.',
      schema: outcomeList,
      examples: { outcomes: { items: [examples.outcome] } },
    },
  },
  problems: {},
  async handle({ query: { limit: most, continuationToken: token, ...filter } }) {
    return { jsonBody: await outcomeListPage(await connect(), filter, most, token) };
  },
});
