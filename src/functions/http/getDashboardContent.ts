import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import type { App } from '../../composition/putTogether.ts';
import { readOverview } from '../../health/overview/overview.ts';
import { SettingsError } from '../../settings/settings.ts';
import { brokenSettings, content } from '../dashboard/content.ts';
import { page } from '../dashboard/page.ts';
import { connect, errorFacts, logLine } from '../invocation/connect.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/dashboard/content`: what the page shows. */
export const route = defineRoute('getDashboardContent', {
  summary: 'The content of the page for operators',
  description:
    'A whole document that can be read without JavaScript as well. It reads a bounded part of the tables, says what it left ' +
    'out, and asks the cluster as GET /health/details does.',
  answers: {
    200: { description: 'The content; what fails stands in it.', mediaType: 'text/html' },
    503: {
      description: 'The same without what could not be read, as with settings that are wrong.',
      mediaType: 'text/html',
    },
  },
  problems: {},
  async handle({ context }) {
    let parts: App;
    try {
      parts = await connect();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      context.error(error.message);
      return page(503, brokenSettings(error.faults, new Date()));
    }
    return answer(parts, context);
  },
});

async function answer(parts: App, context: InvocationContext): Promise<HttpResponseInit> {
  const overview = await readOverview(parts);
  const { sessions, history } = overview;
  for (const part of [sessions, history]) {
    if ('error' in part) context.error(logLine('A part of the page could not be read.', errorFacts(part.error)));
  }
  return page('error' in sessions || 'error' in history ? 503 : 200, content(overview));
}
