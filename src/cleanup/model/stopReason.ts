/** What ended a sweep, or a part of one. Only with `completed` was every stale session processed. */
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

/** `ok`: nothing to do. `notice`: the next sweep continues. `error`: sessions stay until somebody acts. */
export type Severity = 'ok' | 'notice' | 'error';

/** What page, CLI, API and alerts show for a stop reason, and what depends on it. */
export interface StopReasonFacts {
  /** The name in tables and headings. */
  label: string;
  /** What happened, as one sentence. */
  sentence: string;
  severity: Severity;
  /** How to fix it. `undefined` if there is nothing to do. */
  advice?: string;
  /** What to change if every sweep ends this way, which the page then reports. `undefined` if that is intended. */
  ifRepeated?: string;
  /** Whether the function's invocation fails, so that the platform's alerts fire. */
  invocation: 'succeeds' | 'fails';
  /** Whether a retry by the queue would fail again: then it is left to the next scheduled sweep. */
  leftToNextSweep: boolean;
}

/** From best to worst: a sweep of several parts has the worst stop reason of its parts. */
export const STOP_REASONS: Record<StopReason, StopReasonFacts> = {
  completed: {
    label: 'Completed',
    sentence: 'Every stale session was processed.',
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
    ifRepeated: 'If every sweep ends this way, raise SWEEP_CONCURRENCY or sweep more often.',
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
      'Sessions stay on the cluster until it answers, and no session is charged for this. Check CLUSTER_ENDPOINTS, the ' +
      'network, and the health of the cluster. The next sweep retries.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  clockSkew: {
    label: 'Clocks differ',
    sentence:
      'Another clock differs too much from the clock of the app to decide what is stale, so nothing was deleted.',
    severity: 'error',
    advice: 'Correct the clocks. MAX_CLOCK_SKEW is the allowed difference.',
    invocation: 'fails',
    leftToNextSweep: true,
  },
  unsupportedCluster: {
    label: 'No upload sessions',
    sentence: 'The cluster has no upload sessions, so there is nothing to sweep.',
    severity: 'error',
    advice:
      'Linux clusters have no upload sessions, and a cluster that keeps its packages on a file share has no image store ' +
      'service. Check that CLUSTER_ENDPOINTS names the right cluster. If it does, this app is not needed: stop it.',
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
      'Nothing is lost: the next sweep processes again what was not recorded. If the error repeats, check SESSION_STORAGE, the ' +
      'storage account, and the row that the error names.',
    invocation: 'fails',
    leftToNextSweep: false,
  },
};

const ORDER = Object.keys(STOP_REASONS) as StopReason[];

/** Reads a stop reason from a row. An unknown one, perhaps of a newer version of the app, counts as `error`. */
export function parseStopReason(text: string | undefined): StopReason {
  return ORDER.find((reason) => reason === text) ?? 'error';
}

/** Compares for `Array.sort`, the worse first. */
export function worstFirst(a: StopReason, b: StopReason): number {
  return ORDER.indexOf(b) - ORDER.indexOf(a);
}
