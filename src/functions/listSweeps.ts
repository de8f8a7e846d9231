import * as z from 'zod';
import { type RunItem, runList } from '../app/schemas.ts';
import { keptWithin } from '../app/timeSpan.ts';
import { toRunItem } from '../app/toWire.ts';
import { openToken, sealToken } from './api/continuationToken.ts';
import * as examples from './api/examples.ts';
import { continuationToken, limit, timeSpan } from './api/parameters.ts';
import { defineRoute } from './api/route.ts';
import { connect } from './app.ts';
import { ROUTES } from './routes.ts';

/** `GET /api/sweeps`: the runs. */
export const listSweeps = defineRoute({
  ...ROUTES.listSweeps,
  summary: 'Lists the sweeps, the newest first',
  description: 'Dry runs are among them and say so. Kept for OUTCOME_RETENTION.',
  query: z.strictObject({ ...timeSpan, limit, continuationToken }),
  answers: {
    200: { description: 'A page of sweeps.', schema: runList, examples: { sweeps: { items: [examples.run] } } },
  },
  problems: {},
  async handle({ query: { limit: most, continuationToken: token, ...span } }) {
    const { storage, settings } = await connect();
    const list = { of: 'sweeps', ...span };
    const time = keptWithin(span, new Date(), settings.outcomeRetentionMs);
    const page = await storage.listRuns(settings.cluster.name, time, most, openToken(settings, list, token));
    const items: RunItem[] = page.items.map(toRunItem);
    return {
      jsonBody: {
        items,
        continuationToken: page.next === undefined ? undefined : sealToken(settings, list, page.next),
      },
    };
  },
});
