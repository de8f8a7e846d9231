import type { Outcome } from './model/outcome.ts';
import type { StopReason } from './model/stopReason.ts';

/** So many failures in a row are the cluster's, not the sessions'. */
const FAILURES_IN_A_ROW = 5;

/** Tells from the outcomes of a sweep whether going on makes sense. */
export interface ClusterWatch {
  /** Takes one outcome in, and says why the sweep must stop, if it must. */
  observe(outcome: Outcome): StopReason | undefined;
  /** Whether the cluster has done what it was asked at least once. */
  readonly works: boolean;
}

/** @param probing - whether the last sweep found the cluster unavailable: then the first failure is enough */
export function watchCluster(probing: boolean): ClusterWatch {
  let works = false;
  let failures = 0;
  let unsupported = 0;
  return {
    get works() {
      return works;
    },
    observe(outcome) {
      if (outcome.kind === 'invalid') return undefined;
      if (outcome.kind !== 'failed') {
        works = true;
        failures = 0;
        unsupported = 0;
        return undefined;
      }
      const { error } = outcome;
      if (!('kind' in error)) return 'clockSkew';
      if (error.kind === 'accessDenied') return 'accessDenied';
      if (error.kind === 'aborted') return undefined;
      unsupported = isUnsupported(outcome) ? unsupported + 1 : 0;
      // Two different well-formed ids in a row: the cluster can't do it, as Linux clusters can't. [imagestorehandler.cpp]
      if (unsupported >= 2) return 'unsupportedCluster';
      if (error.kind === 'invalidRequest' || error.kind === 'conflict') return undefined;
      failures += 1;
      return failures >= FAILURES_IN_A_ROW || (probing && !works) ? 'clusterUnavailable' : undefined;
    },
  };
}

/**
 * Whether an outcome may mean that the cluster doesn't have upload sessions: 400 `E_INVALIDARG` for a session id that is
 * well-formed, as all that we send are.
 */
export function isUnsupported(outcome: Outcome): boolean {
  if (outcome.kind !== 'failed' || !('kind' in outcome.error)) return false;
  return outcome.error.httpStatus === 400 && outcome.error.code === 'E_INVALIDARG';
}
