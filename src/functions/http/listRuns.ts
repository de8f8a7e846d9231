import * as v from 'valibot';
import { described } from '../../wire/described.ts';
import { type RunItem, runList } from '../../wire/schemas.ts';
import { keptWithin } from '../../wire/timeSpan.ts';
import { toRunItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { signToken, verifyToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { continuationToken, limit, sweepIdFilter, timeSpan } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/runs`: the runs of all sweeps, or of one. */
export const route = defineRoute('listRuns', {
  summary: 'Lists the runs, the newest first',
  description:
    'A sweep is one run. A sweep that was fanned out has one run for each partition, and one that began it. Dry runs are ' +
    'included, with `dryRun` true. Kept for OUTCOME_RETENTION.',
  query: v.strictObject({
    ...timeSpan,
    sweepId: v.optional(described(sweepIdFilter, 'Only the runs of this sweep.')),
    limit,
    continuationToken,
  }),
  answers: {
    200: { description: 'A page of runs.', schema: runList, examples: { runs: { items: [examples.run] } } },
  },
  problems: {},
  async handle({ query: { limit: most, continuationToken: token, ...filter } }) {
    const { storage, settings } = await connect();
    const list = { of: 'runs', ...filter };
    const query = { ...keptWithin(filter, new Date(), settings.outcomeRetentionMs), sweepId: filter.sweepId };
    const page = await storage.listRuns(settings.cluster.name, query, most, verifyToken(settings, list, token));
    const items: RunItem[] = page.items.map(toRunItem);
    return {
      jsonBody: {
        items,
        continuationToken: signToken(settings, list, page.next),
      },
    };
  },
});
