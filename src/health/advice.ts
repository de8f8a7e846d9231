import type { StoppedBy } from '../cleanup/model/outcome.ts';

/**
 * What a person is to do about a sweep that ended so. The invocation then fails, so that the platform's alerts on
 * failures see it.
 */
export const TO_DO: Partial<Record<StoppedBy, string>> = {
  clusterUnavailable:
    'The cluster failed several times in a row, so the rest was left for later. Sessions stay on its disks until it answers: ' +
    'check CLUSTER_ENDPOINTS and the cluster. The next sweep asks once and goes on by itself when the cluster is back.',
  accessDenied:
    'The cluster refused our credentials, so nothing was deleted and no session is charged for it. Check CLUSTER_AUTH, ' +
    'CLUSTER_ID and that the identity has the Admin role.',
  unsupportedCluster:
    'The cluster has no upload sessions, as Linux clusters have none: there is nothing to sweep. Check that ' +
    'CLUSTER_ENDPOINTS names the cluster you mean.',
  clockSkew: 'The clocks are apart, so nothing can be called stale and nothing was deleted. Set the clocks right.',
};
