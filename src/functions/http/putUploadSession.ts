import * as v from 'valibot';
import { registerSession } from '../../cleanup/editSession.ts';
import { described } from '../../wire/described.ts';
import { lastActivityError, ownerText, storeRelativePathText } from '../../wire/registrationRules.ts';
import { type SessionItem, sessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { connect } from '../invocation/connect.ts';
import { badRequest } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { instant } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

const registration = v.strictObject({
  storeRelativePath: v.optional(
    described(storeRelativePathText, 'Where the upload goes in the image store. Informational.'),
  ),
  owner: v.optional(described(ownerText, 'Who uploads. Informational, and a possible filter for sweeps.')),
  lastActivity: v.optional(
    described(instant, 'When the last chunk was sent. Default: now. An earlier time than the recorded one is ignored.'),
  ),
});

/** `PUT /api/upload-sessions/{sessionId}`: registers an upload session, or records its heartbeat. */
export const route = defineRoute('putUploadSession', {
  summary: 'Registers an upload session, or records its heartbeat',
  description:
    'Call it when an upload begins and as chunks are sent, at least once per STALE_AFTER. Members left out of the body stay unchanged; an ' +
    'empty body is a heartbeat with the current time. A heartbeat does not retry a session that was given up.',
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
    411: 'The body was streamed and did not arrive. Send a Content-Length header.',
    413: 'The body is longer than 65,536 bytes.',
    415: 'The body is not application/json in UTF-8.',
    503: 'The row is being written by other clients. `Retry-After` says when to retry.',
    507: 'The storage refuses to write the row, which is near its limits of columns or size.',
  },
  async handle({ sessionId, body, pathname }) {
    const { direct, sweepRules: rules } = await connect();
    const now = new Date();
    const { storeRelativePath, owner, lastActivity = now } = body;
    const reason = lastActivityError(lastActivity, now, rules);
    if (reason) throw badRequest('Not a valid body', [{ name: 'lastActivity', detail: reason }]);
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
