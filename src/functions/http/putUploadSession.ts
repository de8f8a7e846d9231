import * as z from 'zod';
import { registerSession } from '../../cleanup/editSession.ts';
import { lastActivityFault, ownerText, storeRelativePathText } from '../../wire/registrationRules.ts';
import { type SessionItem, sessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { badRequest } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { instant } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

const registration = z.strictObject({
  storeRelativePath: storeRelativePathText.optional().describe('Where the upload goes in the image store; for people.'),
  owner: ownerText.optional().describe('Who uploads; for people.'),
  lastActivity: instant.optional().describe('When the last chunk was sent. Default: now. It never moves back.'),
});

/** `PUT /api/upload-sessions/{sessionId}`: registers an upload session, or takes its heartbeat. */
export const route = defineRoute('putUploadSession', {
  summary: 'Registers an upload session, or takes its heartbeat',
  description:
    'Call it when an upload begins and with its chunks, at least once in STALE_AFTER. What the body leaves out stays as it is; an ' +
    'empty one is a heartbeat of now. A session that was given up stays so: a heartbeat does not retry it.',
  body: {
    schema: registration,
    required: false,
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
    411: 'The body was streamed, so it did not arrive. Send its length.',
    413: 'The body is longer than 65,536 bytes.',
    415: 'The body is not application/json in UTF-8.',
    503: 'The row is being written by others; `Retry-After` says when to ask again.',
  },
  async handle({ sessionId, body, pathname }) {
    const { direct, sweepRules: rules } = await connect();
    const now = new Date();
    const { storeRelativePath, owner, lastActivity = now } = body;
    const fault = lastActivityFault(lastActivity, now, rules);
    if (fault) throw badRequest('Not a valid body', [{ name: 'lastActivity', detail: fault }]);
    const { session, created } = await registerSession(
      direct,
      sessionId,
      { lastActivity, ...(storeRelativePath ? { storeRelativePath } : {}), ...(owner ? { owner } : {}) },
      now,
      rules,
    );
    const jsonBody: SessionItem = toSessionItem(session, now, rules);
    if (!created) return { status: 200, jsonBody };
    return { status: 201, headers: { location: pathname }, jsonBody };
  },
});
