import * as z from 'zod';
import { openToken, sealToken } from './api/continuationToken.ts';
import * as examples from './api/examples.ts';
import { within } from './api/outcomePage.ts';
import { continuationToken, limit, timeSpan } from './api/parameters.ts';
import { defineRoute } from './api/route.ts';
import { type RunItem, runList } from './api/schemas.ts';
import { toRunItem } from './api/toWire.ts';
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
    const time = within(span, new Date(), settings.outcomeRetentionMs);
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
