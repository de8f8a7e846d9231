import type { ByteRange } from './byteRanges.ts';
import { fabricError, type GatewayAnswer } from './gatewayAnswer.ts';
import { missingOf, type StagedSession } from './stagedSessions.ts';

/**
 * Decides whether a session accepts a chunk.
 *
 * @param session - `undefined` for a new session, which accepts every chunk
 * @returns the error answer; `undefined` if the chunk is accepted
 */
export function refuseChunk(
  session: StagedSession | undefined,
  storeRelativePath: string,
  range: ByteRange & { fileSizeBytes: number },
): GatewayAnswer | undefined {
  if (!session) return undefined;
  if (session.storeRelativePath !== storeRelativePath) return fabricError('FABRIC_E_UPLOAD_SESSION_ID_CONFLICT');
  // According to the documentation, another size is an id conflict. In the real image store it is not.
  if (session.fileSizeBytes !== range.fileSizeBytes) return fabricError('E_INVALIDARG');
  const fits = missingOf(session).some((missing) => missing.start <= range.start && range.end <= missing.end);
  return fits ? undefined : fabricError('FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE');
}

/** Describes a session in an answer. 64-bit numbers are strings. */
export function describeSession(session: StagedSession): Record<string, unknown> {
  return {
    StoreRelativePath: session.storeRelativePath,
    SessionId: session.id,
    FileSize: String(session.fileSizeBytes),
    ModifiedDate: new Date(session.modifiedAt).toISOString(),
    ExpectedRanges: missingOf(session).map(({ start, end }) => ({
      StartPosition: String(start),
      EndPosition: String(end),
    })),
  };
}
