import { page } from '../dashboard/page.ts';
import { shell } from '../dashboard/shell.ts';
import { defineRoute } from '../routing/route.ts';
import { ROUTES } from '../routing/routes.ts';

/** `GET /api/dashboard`: the page, which then loads its content. */
export const getDashboard = defineRoute({
  ...ROUTES.getDashboard,
  summary: 'The page for operators',
  description:
    'Needs no key, since it holds nothing yet: its script takes the key from the address or asks for it, and loads ' +
    'GET /dashboard/content with it. In the address as `#code=…` the key does not even reach the server; `?code=…` does as well.',
  answers: { 200: { description: 'The page, without its content.', mediaType: 'text/html' } },
  problems: {},
  handle({ request }) {
    // Relative, so that it holds behind whatever prefix and proxy the page was reached through.
    const isFolder = new URL(request.url).pathname.endsWith('/');
    return page(200, shell(isFolder ? 'content' : 'dashboard/content'));
  },
});
