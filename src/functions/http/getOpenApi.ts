import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { apiDescription } from '../../wire/schemas.ts';
import { deleteOperation } from '../routing/deleteOperation.ts';
import { defineRoute, type Operation } from '../routing/route.ts';
import { ROUTES } from '../routing/routes.ts';
import { getDashboard } from './getDashboard.ts';
import { getDashboardContent } from './getDashboardContent.ts';
import { getHealth } from './getHealth.ts';
import { getHealthDetails } from './getHealthDetails.ts';
import { getSweep } from './getSweep.ts';
import { getUploadSession } from './getUploadSession.ts';
import { listOutcomes } from './listOutcomes.ts';
import { listSweeps } from './listSweeps.ts';
import { listUploadSessions } from './listUploadSessions.ts';
import { putUploadSession } from './putUploadSession.ts';
import { retryUploadSession } from './retryUploadSession.ts';
import { sweepNow } from './sweepNow.ts';

/** `GET /api/openapi.json`: the description of all routes. */
export const getOpenApi: Operation & { handler: HttpHandler } = defineRoute({
  ...ROUTES.getOpenApi,
  summary: 'Describes this API',
  description: 'By OpenAPI 3.1, made from the schemas that requests are checked by.',
  query: z.strictObject({}),
  answers: {
    200: { description: 'The description.', schema: apiDescription, examples: { beginning: { openapi: '3.1.1' } } },
  },
  problems: {},
  async handle({ request }) {
    // Nothing else needs what turns schemas into a description.
    const { openApi } = await import('../routing/openApi.ts');
    const server = new URL(request.url).pathname.replace(/\/openapi\.json\/?$/i, '');
    return { jsonBody: openApi(operations, server || '/') };
  },
});

/** All of the API. */
export const operations: readonly Operation[] = [
  listUploadSessions,
  getUploadSession,
  putUploadSession,
  deleteOperation,
  retryUploadSession,
  sweepNow,
  listSweeps,
  getSweep,
  listOutcomes,
  getHealth,
  getHealthDetails,
  getDashboard,
  getDashboardContent,
  getOpenApi,
];
