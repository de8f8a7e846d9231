import * as v from 'valibot';
import { described } from '../../wire/described.ts';
import { OUTCOMES, outcomeList } from '../../wire/schemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { outcomeListPage } from '../routing/outcomeList.ts';
import { continuationToken, limit, oneOf, sessionIdFilter, timeSpan } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/outcomes`: how cleanups ended. */
export const route = defineRoute('listOutcomes', {
  summary: 'Lists the outcomes, the newest runs first',
  description:
    'Outcomes are kept for OUTCOME_RETENTION. All outcomes of a run have the same time: pass its startedAt as `since` and `until` ' +
    'to list them.',
  query: v.strictObject({
    ...timeSpan,
    outcome: v.optional(described(oneOf(OUTCOMES), 'Only cleanups with this outcome.')),
    sessionId: v.optional(described(sessionIdFilter, 'Only outcomes of this upload session.')),
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
