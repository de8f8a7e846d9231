import { pageDocument } from '../page/pageDocument.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/dashboard`: the page, which then reads what it shows. */
export const route = defineRoute('getDashboard', {
  summary: 'The page for operators',
  description:
    'Needs no key, since it holds nothing yet: its script takes the key from the address or asks for it, and then reads ' +
    'GET /dashboard/status and GET /dashboard/history. In the address as `#code=…` the key does not even reach the server.',
  answers: { 200: { description: 'The page, without its content.', mediaType: 'text/html' } },
  problems: {},
  handle: () => pageDocument(),
});
