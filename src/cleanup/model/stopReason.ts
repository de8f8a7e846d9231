/** What ended a sweep, or a part of one. Only `completed` has seen every stale session. */
export type StopReason =
  | 'completed'
  | 'fannedOut'
  | 'limit'
  | 'timeBudget'
  | 'aborted'
  | 'clusterUnavailable'
  | 'clockSkew'
  | 'unsupportedCluster'
  | 'accessDenied'
  | 'error';

/** How much a person has to care: nothing to do, the next sweep goes on, or sessions stay until somebody acts. */
export type Severity = 'ok' | 'notice' | 'error';

/** All that any face of the app says about a stop reason, or decides by it. */
export interface StopReasonFacts {
  /** For a table cell or a heading. */
  label: string;
  /** What happened, as one sentence. */
  sentence: string;
  severity: Severity;
  /** What to do about it. `undefined` if there is nothing to do. */
  advice?: string;
  /** Whether the invocation of the function fails, so that the platform's alerts see it. */
  invocation: 'succeeds' | 'fails';
  /** Whether a queue's next try would only repeat it: then the next scheduled sweep asks again. */
  leftToNextSweep: boolean;
}

/** In order from the best ending to the worst: of several parts of a sweep the last one in this order counts. */
export const STOP_REASONS: Record<StopReason, StopReasonFacts> = {
  completed: {
    label: 'Completed',
    sentence: 'Every stale session was seen.',
    severity: 'ok',
    invocation: 'succeeds',
    leftToNextSweep: false,
  },
  fannedOut: {
    label: 'Fanned out',
    sentence: 'One message for each partition was put on the queue. The runs of the parts report the rest.',
    severity: 'ok',
    invocation: 'succeeds',
    leftToNextSweep: false,
  },
  limit: {
    label: 'Limit reached',
    sentence: 'It reached its limit of sessions (--limit, SWEEP_LIMIT). The next sweep continues.',
    severity: 'notice',
    invocation: 'succeeds',
    leftToNextSweep: false,
  },
  timeBudget: {
    label: 'Time budget used up',
    sentence: 'Its time budget was used up. The next sweep continues.',
    severity: 'notice',
    invocation: 'succeeds',
    leftToNextSweep: false,
  },
  aborted: {
    label: 'Interrupted',
    sentence: 'It was interrupted. What was in flight is recorded; the rest is unchanged.',
    severity: 'notice',
    invocation: 'succeeds',
    leftToNextSweep: false,
  },
  clusterUnavailable: {
    label: 'Cluster unavailable',
    sentence: 'The cluster did not answer as an image store.',
    severity: 'error',
    advice:
      'Sessions stay on the cluster until it answers, and none is charged for this. Check CLUSTER_ENDPOINTS, the network ' +
      'between, and the health of the cluster. The next sweep asks again.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  clockSkew: {
    label: 'Clocks differ',
    sentence: 'Another clock differs too much from this one to decide what is stale, so nothing was deleted.',
    severity: 'error',
    advice: 'Correct the clocks. MAX_CLOCK_SKEW is the difference that is allowed.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  unsupportedCluster: {
    label: 'No upload sessions',
    sentence: 'The cluster has no upload sessions, so there is nothing to sweep.',
    severity: 'error',
    advice:
      'Linux clusters have no upload sessions, and a cluster that keeps its packages on a file share has no image store ' +
      'service. Check that CLUSTER_ENDPOINTS names the cluster you mean. If it does, stop this app.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  accessDenied: {
    label: 'Access denied',
    sentence: 'The cluster refused the credentials, so nothing was deleted.',
    severity: 'error',
    advice:
      'No session is charged for this. Check CLUSTER_AUTH, CLUSTER_ID, and that the certificate or identity has the ' +
      'Admin role.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  error: {
    label: 'Error',
    sentence: 'The storage failed, a row could not be written, or the app has a bug.',
    severity: 'error',
    advice:
      'Nothing is lost: the next sweep meets again what was not recorded. If it repeats, check SESSION_STORAGE and the ' +
      'storage account, and the row that the error names.',
    invocation: 'fails',
    leftToNextSweep: false,
  },
};

const ORDER = Object.keys(STOP_REASONS) as StopReason[];

/** Reads a stop reason as a run's row holds it; a text that is not one, as of a newer version, counts as `error`. */
export function parseStopReason(text: string | undefined): StopReason {
  return ORDER.find((reason) => reason === text) ?? 'error';
}

/** The worse of two endings comes first, as `Array.sort` wants it. */
export function worstFirst(a: StopReason, b: StopReason): number {
  return ORDER.indexOf(b) - ORDER.indexOf(a);
}
