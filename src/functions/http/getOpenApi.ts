import type { HttpHandler } from '@azure/functions';
import { apiDescription } from '../../wire/schemas.ts';
import { defineRoute, type Operation } from '../routing/route.ts';
import { ROUTES } from '../routing/routes.ts';

/** `GET /api/openapi.json`: the description of all routes. */
export const route: Operation & { handler: HttpHandler } = defineRoute('getOpenApi', {
  summary: 'Describes this API',
  description: 'An OpenAPI 3.1 document, generated from the schemas that validate the requests.',
  answers: {
    200: { description: 'The description.', schema: apiDescription, examples: { beginning: { openapi: '3.1.1' } } },
  },
  problems: {},
  async handle({ pathname }) {
    // Loaded here because no other route needs the code that generates the description.
    const { openApi } = await import('../routing/openApi.ts');
    const loaded = await Promise.all(Object.values(ROUTES).map(({ load }) => load()));
    const operations = loaded.map((module) => module.route);
    const server = pathname.replace(/\/openapi\.json\/?$/i, '');
    return { jsonBody: openApi(operations, server || '/') };
  },
});
