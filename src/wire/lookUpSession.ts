import type { App } from '../composition/putTogether.ts';
import { outcomePage } from './outcomePage.ts';
import type { ClusterView, OutcomeItem, SessionItem } from './schemas.ts';
import { toClusterView, toFailedView, toSessionItem } from './toWire.ts';

/** All that is known of one upload session. */
export interface KnownSession {
  sessionId: string;
  /** Its row. None: it is not registered, or settled already. */
  registered: SessionItem | undefined;
  cluster: ClusterView;
  /** Its newest outcomes. */
  history: OutcomeItem[];
  /** Where the history goes on; none: that was all. */
  nextOutcomes: string | undefined;
}

/** Who looks at a session wants its row even where the cluster is slow, in milliseconds. */
const CLUSTER_PATIENCE_MS = 20_000;

/** Of the history, at most so many. */
const HISTORY = 50;

/**
 * Looks one session up, by its row, by the cluster, and by what was done about it. A cluster that can't be asked is part of what is
 * known.
 *
 * @param sessionId - in lower case
 * @throws {RestError} when the storage can't be read
 */
export async function lookUpSession(app: App, sessionId: string): Promise<KnownSession> {
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

/** Whether neither the table nor the cluster nor the history knows a session. */
export function isUnknown({ registered, cluster, history }: KnownSession): boolean {
  return !registered && cluster.answer === 'notFound' && history.length === 0;
}
