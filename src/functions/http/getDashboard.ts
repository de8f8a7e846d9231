import { page } from '../dashboard/page.ts';
import { shell } from '../dashboard/shell.ts';
import { defineRoute } from '../routing/route.ts';

/** `GET /api/dashboard`: the page, which then loads its content. */
export const route = defineRoute('getDashboard', {
  summary: 'The page for operators',
  description:
    'Needs no key, since it holds nothing yet: its script takes the key from the address or asks for it, and loads ' +
    'GET /dashboard/content with it. In the address as `#code=…` the key does not even reach the server; `?code=…` does as well.',
  answers: { 200: { description: 'The page, without its content.', mediaType: 'text/html' } },
  problems: {},
  handle({ pathname }) {
    // Relative, so that it holds behind whatever prefix and proxy the page was reached through.
    const isFolder = pathname.endsWith('/');
    return page(200, shell(isFolder ? 'content' : 'dashboard/content'));
  },
});
