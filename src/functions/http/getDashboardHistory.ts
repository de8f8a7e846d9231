import { readHistory } from '../../health/overview/readHistory.ts';
import { toDashboardHistory } from '../../health/overview/toDashboard.ts';
import { type DashboardHistory, dashboardHistory } from '../../wire/pageSchemas.ts';
import { connect } from '../invocation/connect.ts';
import * as examples from '../routing/examples.ts';
import { defineRoute } from '../routing/route.ts';

/** Reading ends after this, in milliseconds. `cut` in the answer then says what is missing. */
const TIMEOUT_MS = 15_000;

/** `GET /api/dashboard/history`: what the page reads every five minutes at most. */
export const route = defineRoute('getDashboardHistory', {
  summary: 'Reports the last 14 days and what fails now, for the page',
  description:
    'Reads a bounded part of the tables, about 15 queries for each session partition, and reports in `cut` what it left out. The ' +
    'cluster is not called.',
  answers: {
    200: { description: 'The history.', schema: dashboardHistory, examples: { history: examples.history } },
  },
  problems: {},
  async handle() {
    const now = new Date();
    const history = await readHistory(await connect(), now, AbortSignal.timeout(TIMEOUT_MS));
    const jsonBody: DashboardHistory = toDashboardHistory(history, now);
    return { jsonBody };
  },
});
