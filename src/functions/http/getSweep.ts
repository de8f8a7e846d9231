import * as v from 'valibot';
import { sweepOverview } from '../../wire/schemas.ts';
import { keptWithin } from '../../wire/timeSpan.ts';
import { toSweepOverview } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { ApiProblem, badRequest, shown } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { sweepIdFilter, timeSpan } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** The search through the kept runs ends after this, in milliseconds. */
const LONGEST_SEARCH_MS = 20_000;

/** `GET /api/sweeps/{sweepId}`: all runs of one sweep, read as one. */
export const route = defineRoute('getSweep', {
  summary: 'Reads all runs of one sweep as one',
  description:
    'Returns the sums of its runs, how many parts have ended, and the worst stop reason. The newest runs are searched ' +
    'first, for 20 seconds at most. For an old sweep, set `until` to the day after it for a faster answer.',
  query: v.strictObject(timeSpan),
  answers: {
    200: { description: 'The sweep.', schema: sweepOverview, examples: { inProgress: examples.sweep } },
  },
  problems: { 404: 'No run of this sweep is kept, or none was found in time.' },
  async handle({ params, query }) {
    const given = params['sweepId'] ?? '';
    const parsed = v.safeParse(sweepIdFilter, given);
    if (!parsed.success) {
      throw badRequest('Not a sweep id', [{ name: 'sweepId', detail: `is ${shown(given)}, but must be a GUID` }]);
    }
    const sweepId = parsed.output;
    const { storage, settings } = await connect();
    const now = new Date();
    const time = keptWithin(query, now, settings.outcomeRetentionMs);
    const isOver = () => Date.now() - now.getTime() > LONGEST_SEARCH_MS;
    const overview = toSweepOverview(await storage.runsOfSweep(settings.cluster.name, sweepId, time, isOver));
    if (overview) return { jsonBody: overview };
    throw new ApiProblem(404, 'Sweep not found', `No run of the sweep ${sweepId} is kept, or none was found in time.`);
  },
});
