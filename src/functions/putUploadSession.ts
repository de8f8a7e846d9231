import * as z from 'zod';
import { registerSession } from '../cleanup/editSession.ts';
import { badRequest } from './api/apiProblem.ts';
import * as examples from './api/examples.ts';
import { instant } from './api/parameters.ts';
import { defineRoute } from './api/route.ts';
import { type SessionItem, sessionItem } from './api/schemas.ts';
import { toSessionItem } from './api/toWire.ts';
import { connect } from './app.ts';
import { ROUTES } from './routes.ts';

const text = (most: number) => {
  const error = `must be a text of 1 to ${most} characters, none of them a control character`;
  return z.string({ error }).regex(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${most}}$`, 'u'), { error });
};

const registration = z.strictObject({
  storeRelativePath: text(1000).optional().describe('Where the upload goes in the image store; for people.'),
  owner: text(256).optional().describe('Who uploads; for people.'),
  lastActivity: instant.optional().describe('When the last chunk was sent. Default: now. It never moves back.'),
});

/** The tables hold no time before 1601, and an upload before this is a clock that was never set. */
const FIRST_ACTIVITY = new Date('2000-01-01T00:00:00Z');

/** `PUT /api/upload-sessions/{sessionId}`: registers an upload session, or takes its heartbeat. */
export const putUploadSession = defineRoute({
  ...ROUTES.putUploadSession,
  summary: 'Registers an upload session, or takes its heartbeat',
  description:
    'Ask when an upload begins and with its chunks, at least once in STALE_AFTER. What the body leaves out stays as it is; an ' +
    'empty one is a heartbeat of now. A session that was given up stays so: a heartbeat does not take it up again.',
  query: z.strictObject({}),
  body: {
    schema: registration,
    examples: {
      register: { storeRelativePath: 'Shop/Code/web.zip', owner: 'build-agent-7' },
      heartbeat: {},
      lateHeartbeat: { lastActivity: '2026-11-22T10:00:00Z' },
    },
  },
  answers: {
    200: {
      description: 'A heartbeat: the row as it is now.',
      schema: sessionItem,
      examples: { heartbeat: { ...examples.session, state: 'active' } },
    },
    201: {
      description: 'Registered: the row as it is now. `Location` names it.',
      schema: sessionItem,
      examples: { registered: { ...examples.session, state: 'active' } },
    },
  },
  problems: {
    413: 'The body is longer than 65,536 characters.',
    415: 'The body is not application/json.',
    503: 'The row is being written by others; `Retry-After` says when to ask again.',
  },
  async handle({ sessionId, body, request }) {
    const { direct, sweepRules: rules } = await connect();
    const now = new Date();
    const { storeRelativePath, owner, lastActivity = now } = body;
    if (lastActivity < FIRST_ACTIVITY) {
      const detail = `is ${lastActivity.toISOString()}, but must not be before ${FIRST_ACTIVITY.toISOString()}`;
      throw badRequest('Not a valid body', [{ name: 'lastActivity', detail }]);
    }
    if (lastActivity.getTime() > now.getTime() + rules.maxClockSkewMs) {
      const detail = `is ${lastActivity.toISOString()}, which is in the future; our clock says ${now.toISOString()}`;
      throw badRequest('Not a valid body', [{ name: 'lastActivity', detail }]);
    }
    const { session, created } = await registerSession(
      direct,
      sessionId,
      { lastActivity, ...(storeRelativePath ? { storeRelativePath } : {}), ...(owner ? { owner } : {}) },
      now,
      rules,
    );
    const jsonBody: SessionItem = toSessionItem(session, now, rules);
    if (!created) return { status: 200, jsonBody };
    return { status: 201, headers: { location: new URL(request.url).pathname }, jsonBody };
  },
});
