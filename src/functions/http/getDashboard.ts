import { pageDocument } from '../page/pageDocument.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/dashboard`: the page, which then requests its data. */
export const route = defineRoute('getDashboard', {
  summary: 'The page for operators',
  description:
    'Needs no key, since it contains no data: its script takes the key from the address or asks for it, and then reads ' +
    'GET /dashboard/status and GET /dashboard/history. A key in the address as `#code=…` is not sent to the server.',
  answers: { 200: { description: 'The page, without data.', mediaType: 'text/html' } },
  problems: {},
  handle: () => pageDocument(),
});
