import { z } from 'zod';
import { deleteOperation } from './api/deleteOperation.ts';
import { openApi } from './api/openApi.ts';
import { defineRoute, type Operation } from './api/route.ts';
import { apiDescription } from './api/schemas.ts';
import { getHealth } from './getHealth.ts';
import { getHealthDetails } from './getHealthDetails.ts';
import { getUploadSession } from './getUploadSession.ts';
import { listOutcomes } from './listOutcomes.ts';
import { listSweeps } from './listSweeps.ts';
import { listUploadSessions } from './listUploadSessions.ts';
import { putUploadSession } from './putUploadSession.ts';
import { retryUploadSession } from './retryUploadSession.ts';
import { sweepNow } from './sweepNow.ts';

const PATH = '/openapi.json';

/** `GET /api/openapi.json`: the description of all routes. */
export const getOpenApi: Operation = defineRoute({
  name: 'getOpenApi',
  method: 'GET',
  path: PATH,
  authLevel: 'function',
  summary: 'Describes this API',
  description: 'By OpenAPI 3.1, made from the schemas that requests are checked by.',
  query: z.strictObject({}),
  answers: {
    200: { description: 'The description.', schema: apiDescription, examples: { beginning: { openapi: '3.1.1' } } },
  },
  problems: {},
  handle({ request }) {
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
  listOutcomes,
  getHealth,
  getHealthDetails,
  getOpenApi,
];
