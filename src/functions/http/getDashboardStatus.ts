import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import type { App } from '../../composition/app.ts';
import { type EarlierResults, probe, readStatus } from '../../health/overview/readStatus.ts';
import { toDashboardStatus } from '../../health/overview/toDashboard.ts';
import { SettingsError } from '../../settings/settingsError.ts';
import { VERSION } from '../../version.ts';
import { described } from '../../wire/described.ts';
import { dashboardStatus, type InvalidSettings, invalidSettings } from '../../wire/pageSchemas.ts';
import { connect, errorFacts, logLine } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { oneOf } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** How long an answer is cached for all open pages, in milliseconds. */
const CACHED_MS = 15_000;

/**
 * How long the counts of sessions and stray rows are cached for each partition, in milliseconds. They take four queries for each
 * partition, so with many partitions they are read less often.
 */
const COUNTS_CACHED_MS_PER_PARTITION = 1_200;

let cached: { at: number; answer: Promise<HttpResponseInit> } | undefined;
let known: EarlierResults = {};

/** `GET /api/dashboard/status`: what the page polls. */
export const route = defineRoute('getDashboardStatus', {
  summary: 'Reports the state of the app, for the page that polls it',
  description:
    'Runs a few small queries of the tables and caches the answer for 15 seconds. The cluster is not called: the result of its last probe is part of ' +
    'the answer, with its age. With `fresh`, everything is read again.',
  query: v.strictObject({
    fresh: v.optional(
      described(
        oneOf(['tables', 'probe']),
        '`tables`: read the tables now. `probe`: probe the cluster as well, as GET /health/details does.',
      ),
    ),
  }),
  answers: {
    200: {
      description: 'The status, including what fails.',
      schema: dashboardStatus,
      examples: { well: examples.status },
    },
    503: {
      description: 'The settings are invalid, so the app cannot work.',
      schema: invalidSettings,
      examples: {
        invalid: {
          readAt: '2026-11-22T10:20:00.000Z',
          version: '1.0.0',
          errors: ['STALE_AFTER is "soon", expected …'],
        },
      },
    },
  },
  problems: {},
  async handle({ query, context }) {
    if (!cached || query.fresh || Date.now() - cached.at > CACHED_MS) {
      const one = { at: Date.now(), answer: answer(query.fresh, context) };
      cached = one;
      one.answer.catch(() => {
        if (cached === one) cached = undefined;
      });
    }
    return cached.answer;
  },
});

async function answer(fresh: 'tables' | 'probe' | undefined, context: InvocationContext): Promise<HttpResponseInit> {
  let app: App;
  const now = new Date();
  try {
    app = await connect();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    context.error(error.message);
    const jsonBody: InvalidSettings = {
      readAt: now.toISOString(),
      version: VERSION,
      errors: [...error.errors],
    };
    return { status: 503, jsonBody };
  }
  const probed = fresh === 'probe' ? await probe(app, now) : known.probed;
  const cachedMs = Math.max(CACHED_MS, app.sweepRules.partitions.length * COUNTS_CACHED_MS_PER_PARTITION);
  const isNew = !fresh && known.sessions && now.getTime() - known.sessions.countedAt.getTime() < cachedMs;
  const status = await readStatus(app, now, isNew ? { ...known, probed } : { probed });
  const sessions = 'value' in status.sessions ? status.sessions.value : undefined;
  known = { probed, sessions, tables: sessions && status.tables };
  for (const error of status.errors) {
    context.error(logLine('A part of the status could not be read.', errorFacts(error)));
  }
  return { jsonBody: toDashboardStatus(status, app.settings, VERSION) };
}
