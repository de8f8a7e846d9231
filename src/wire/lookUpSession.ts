import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { App } from '../composition/app.ts';
import { outcomePage } from './outcomePage.ts';
import type { ClusterView, OutcomeItem, SessionItem } from './schemas.ts';
import { toClusterView, toFailedView, toSessionItem } from './toWire.ts';

/** What is known about one upload session. */
export interface KnownSession {
  sessionId: SessionId;
  /** Its row; `undefined` if it is not registered, or already cleaned up. */
  registered: SessionItem | undefined;
  cluster: ClusterView;
  /** Its newest outcomes. */
  history: OutcomeItem[];
  /** The position of the next page; `undefined` if this was the last. */
  nextOutcomes: string | undefined;
}

/** The longest wait for the cluster, in milliseconds: the row is shown even if the cluster is slow. */
const CLUSTER_PATIENCE_MS = 20_000;

/** The maximum number of outcomes. */
const HISTORY = 50;

/**
 * Looks up one session: its row, the cluster's view of it, and its outcomes. A failed call to the cluster is part of the
 * result.
 *
 * @throws {RestError} if the storage cannot be read
 */
export async function lookUpSession(app: App, sessionId: SessionId): Promise<KnownSession> {
  const { getSession, findSession } = app.direct;
  const [row, cluster, history] = await Promise.all([
    findSession(sessionId),
    getSession(sessionId, { signal: AbortSignal.timeout(CLUSTER_PATIENCE_MS) }).then(toClusterView, toFailedView),
    outcomePage(app, { sessionId }, HISTORY),
  ]);
  return {
    sessionId,
    registered: row && toSessionItem(row, new Date(), app.sweepRules),
    cluster,
    history: history.items,
    nextOutcomes: history.next,
  };
}

/** Whether a session is not registered, not on the cluster, and without a recorded outcome. */
export function isUnknown({ registered, cluster, history }: KnownSession): boolean {
  return !registered && cluster.answer === 'notFound' && history.length === 0;
}
