/** The instrumentation scope of metrics and traces, and the default service name. */
export const SCOPE = 'upload-session-sweeper';

/** The names of the metrics, as in docs/monitoring.md. Their attributes must have few values: never add a session id. */
export const METRIC = {
  sessions: 'upload_session_sweeper.sessions',
  givenUp: 'upload_session_sweeper.given_up_sessions',
  stale: 'upload_session_sweeper.stale_sessions',
  oldestStaleAge: 'upload_session_sweeper.oldest_stale_session.age',
  diskFreed: 'upload_session_sweeper.disk.freed',
  storeStaged: 'upload_session_sweeper.store.staged',
  storeStagedFiles: 'upload_session_sweeper.store.staged_files',
  storeCapacity: 'upload_session_sweeper.store.disk.capacity',
  storeAvailable: 'upload_session_sweeper.store.disk.available',
  runDuration: 'upload_session_sweeper.run.duration',
  clusterRequestDuration: 'upload_session_sweeper.cluster.request.duration',
} as const;
