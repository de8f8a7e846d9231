import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { RoundFacts } from './facts.ts';

/** Longer than any call may take, in milliseconds: a later DELETE belongs to another GET. */
const MAX_CALL_MS = 20_000;

/**
 * Finds the sessions that were deleted although a chunk had arrived within the cutoff.
 *
 * Service Fabric has no conditional delete, so a chunk between the guard's GET and its DELETE cannot be seen. Only that is allowed:
 * each DELETE of an active session needs its own GET that was answered before the session became active. A DELETE that is
 * repeated without another GET, or has no GET, is a violation. The same call on another connection has the same request id
 * and counts once.
 */
export function deletedWhileActive(facts: RoundFacts): string[] {
  const { sessions, phases, staleAfterMs } = facts;
  const requests = phases.flatMap((phase) => phase.requests);
  const wrong: string[] = [];
  for (const { id, role } of sessions) {
    // A request without `onlyIfStale` deletes the session in any state.
    if (role === 'explicit') continue;
    let guards: LoggedRequest[] = [];
    const known = new Set<string | undefined>();
    for (const request of requests.filter(({ sessionId }) => sessionId === id)) {
      const again = known.has(request.requestId);
      known.add(request.requestId);
      if (!again && request.operation === 'getSession' && mayHaveSeenItStale(request, facts)) guards.push(request);
      if (request.operation !== 'delete') continue;
      guards = guards.filter((guard) => request.arrivedAtWallClock - guard.arrivedAtWallClock <= MAX_CALL_MS);
      const own = again || guards.shift() !== undefined;
      if (own || !request.deleted || request.modifiedAt === undefined) continue;
      const silentMs = request.arrivedAt - request.modifiedAt;
      if (silentMs >= staleAfterMs) continue;
      wrong.push(
        `${id} (${role}) was deleted by request ${request.requestId} (#${request.sequence}) ${silentMs} ms after its last ` +
          'chunk, with no GET of its own before that chunk.',
      );
    }
  }
  return wrong;
}

/** Whether a GET was answered with a session, and possibly before a chunk within the cutoff. */
function mayHaveSeenItStale(get: LoggedRequest, { chunks, staleAfterMs }: RoundFacts): boolean {
  // An answer whose connection broke after its end may have been read completely.
  if (get.status !== 200 || (get.broken !== undefined && get.broken !== 'breakAfterAnswer')) return false;
  return !chunks.some(({ sessionId, acceptedAt }) => {
    const silentMs = get.arrivedAt - acceptedAt;
    return sessionId === get.sessionId && silentMs >= 0 && silentMs < staleAfterMs;
  });
}
