import * as z from 'zod';
import { deletion } from '../../wire/schemas.ts';
import * as examples from './examples.ts';
import { oneOf } from './parameters.ts';
import type { Operation } from './route.ts';
import { ROUTES } from './routes.ts';

/** What the API description tells of `DELETE /api/upload-sessions/{sessionId}`. */
export const deleteOperation: Operation = {
  ...ROUTES.deleteUploadSession,
  summary: 'Cleans up one upload session now',
  description:
    'Registered or not, and whatever its state. The outcome is recorded and its row settled as in a sweep. Asking twice is safe: ' +
    'a session that is gone is `notFound`.',
  query: z.strictObject({
    onlyIfStale: oneOf(['true', 'false'])
      .default('false')
      .describe('Whether to ask the cluster first, and leave the session alone when it is still active (409).'),
  }),
  answers: {
    200: {
      description: 'Deleted, or not there any more.',
      schema: deletion,
      examples: {
        deleted: { sessionId: examples.SESSION_ID, outcome: 'deleted', requestId: examples.outcome.requestId },
        notFound: { sessionId: examples.SESSION_ID, outcome: 'notFound', requestId: examples.outcome.requestId },
      },
    },
  },
  problems: {
    409: 'With `onlyIfStale`: the session is active, and was left alone.',
    502: 'The cluster refused or broke; `errorCode` and `requestId` say more.',
    503: 'The cluster is busy or unreachable; `Retry-After` says when to ask again.',
    504: 'The cluster did not answer in time. It may have deleted the session all the same.',
  },
};
