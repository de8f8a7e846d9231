import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { UploadSession } from '../cleanup/model/uploadSession.ts';
import { errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { cacheMark } from './cacheMarks.ts';
import type { Call } from './clusterCalls.ts';
import { MAX_ANSWER_BYTES } from './gatewayAnswer.ts';
import { parseHttpDate } from './retryAfter.ts';
import { readUploadSession } from './uploadSessionAnswer.ts';

/** The result of a look-up. */
export interface LookUp {
  session: UploadSession | undefined;
  clusterDate: Date | undefined;
}

/** @throws {FabricRequestError} for every answer but the image store's empty 200 */
export const readDeletion: Call<void>['read'] = (answer, facts) => {
  if (answer.status !== 200) throw errorFromAnswer(answer, facts);
  // A proxy's sign-in page also has this status. The image store's answer is empty.
  if (answer.body !== '') throw unexpectedAnswer(answer, 'it has a body', facts);
};

/**
 * A session is missing with a 204, and with a 404 `NotFound` as in the answer to a DELETE.
 *
 * @throws {FabricRequestError} for every other answer but the image store's own 200, and for a cache's answer
 */
export function readLookUp(id: SessionId, ...[answer, facts]: Parameters<Call<LookUp>['read']>): LookUp {
  const { status, headers, body } = answer;
  const mark = cacheMark(headers);
  if (mark !== undefined) throw unexpectedAnswer(answer, mark, facts);
  const clusterDate = parseHttpDate(headers.get('date'));
  if (status === 204) return { session: undefined, clusterDate };
  if (status !== 200) {
    const error = errorFromAnswer(answer, facts);
    if (error.kind === 'notFound') return { session: undefined, clusterDate };
    throw error;
  }
  if (answer.bodyError) throw unexpectedAnswer(answer, `it is longer than ${MAX_ANSWER_BYTES / 1024} KiB`, facts);
  const parsed = readUploadSession(body, id);
  if ('error' in parsed) throw unexpectedAnswer(answer, parsed.error, facts);
  return { session: parsed.session, clusterDate };
}
