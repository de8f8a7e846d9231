import * as v from 'valibot';
import { described } from '../../wire/described.ts';
import { type SweepLine, sweepList } from '../../wire/schemas.ts';
import { sweepPage } from '../../wire/sweepPage.ts';
import { connect } from '../invocation/connect.ts';
import { signToken, verifyToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { continuationToken, instant, limit } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/sweeps`: the sweeps, each with the sums of its runs. */
export const route = defineRoute('listSweeps', {
  summary: 'Lists the sweeps, the newest first',
  description:
    'A sweep that was fanned out is one item with the sums of its parts; `GET /sweeps/{sweepId}` also has its runs. Dry runs ' +
    'are included, with `dryRun` true. Kept for OUTCOME_RETENTION. Parts that began more than six hours after their sweep, as ' +
    'when their message was retried late, may be missing from the sums with `until`, and beyond the first page; ' +
    '`GET /sweeps/{sweepId}` has them.',
  query: v.strictObject({
    since: v.optional(
      described(instant, 'Only sweeps that began at or after this time. Default: everything that is kept.'),
    ),
    until: v.optional(described(instant, 'Only sweeps that began at or before this time.')),
    limit,
    continuationToken,
  }),
  answers: {
    200: { description: 'A page of sweeps.', schema: sweepList, examples: { sweeps: { items: [examples.sweepLine] } } },
  },
  problems: {},
  async handle({ query: { limit: most, continuationToken: token, ...filter } }) {
    const app = await connect();
    const list = { of: 'sweeps', ...filter };
    const page = await sweepPage(app, filter, most, verifyToken(app.settings, list, token));
    const items: SweepLine[] = page.items.map(({ runs: _, ...line }) => line);
    return {
      jsonBody: {
        items,
        continuationToken: signToken(app.settings, list, page.next),
      },
    };
  },
});
