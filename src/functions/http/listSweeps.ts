import * as z from 'zod';
import { type RunItem, runList } from '../../wire/schemas.ts';
import { keptWithin } from '../../wire/timeSpan.ts';
import { toRunItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { openToken, sealToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { continuationToken, limit, sweepIdFilter, timeSpan } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/sweeps`: the runs. */
export const route = defineRoute('listSweeps', {
  summary: 'Lists the sweeps, the newest first',
  description:
    'Dry runs are among them and say so. A sweep that was fanned out has one run for each partition, and one that began it. ' +
    'Kept for OUTCOME_RETENTION.',
  query: z.strictObject({
    ...timeSpan,
    sweepId: sweepIdFilter.optional().describe('Only the runs of this sweep.'),
    limit,
    continuationToken,
  }),
  answers: {
    200: { description: 'A page of sweeps.', schema: runList, examples: { sweeps: { items: [examples.run] } } },
  },
  problems: {},
  async handle({ query: { limit: most, continuationToken: token, ...filter } }) {
    const { storage, settings } = await connect();
    const list = { of: 'sweeps', ...filter };
    const query = { ...keptWithin(filter, new Date(), settings.outcomeRetentionMs), sweepId: filter.sweepId };
    const page = await storage.listRuns(settings.cluster.name, query, most, openToken(settings, list, token));
    const items: RunItem[] = page.items.map(toRunItem);
    return {
      jsonBody: {
        items,
        continuationToken: page.next === undefined ? undefined : sealToken(settings, list, page.next),
      },
    };
  },
});
