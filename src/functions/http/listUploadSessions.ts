import * as v from 'valibot';
import { listSessions } from '../../cleanup/listSessions.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import { described } from '../../wire/described.ts';
import { type SessionItem, sessionList } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { signToken, verifyToken } from '../routing/continuationToken.ts';
import * as examples from '../routing/examples.ts';
import { continuationToken, limit, olderThan, oneOf } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** A page ends early after this, in milliseconds: with some filters a large table has few matches. */
const LONGEST_PAGE_MS = 20_000;

/** `GET /api/upload-sessions`: the registered sessions by state. */
export const route = defineRoute('listUploadSessions', {
  summary: 'Lists the registered upload sessions by state',
  description:
    'Sessions listed as `stale` are those that a sweep or a dry run with the same `olderThan` cleans up. The cluster is not called.',
  query: v.strictObject({
    state: v.optional(described(oneOf(['all', 'stale', 'waiting', 'givenUp']), 'Only sessions in this state.'), 'all'),
    olderThan,
    limit,
    continuationToken,
  }),
  answers: {
    200: {
      description: 'A page of sessions.',
      schema: sessionList,
      examples: { stale: { items: [examples.session] }, givenUp: { items: [examples.givenUpSession] } },
    },
  },
  problems: {},
  async handle({ query }) {
    const { storage, settings, sweepRules } = await connect();
    const now = new Date();
    const rules = olderThanRules(sweepRules, query.olderThan ?? sweepRules.staleAfterMs);
    const list = { of: 'sessions', state: query.state, olderThan: query.olderThan };
    const after = verifyToken(settings, list, query.continuationToken);
    const isOver = () => Date.now() - now.getTime() > LONGEST_PAGE_MS;
    const page = await listSessions(storage, { state: query.state, limit: query.limit, after }, now, rules, isOver);
    const items: SessionItem[] = page.items.map(({ session, state }) => toSessionItem(session, now, rules, state));
    return {
      jsonBody: {
        items,
        continuationToken: signToken(settings, list, page.next),
      },
    };
  },
});
