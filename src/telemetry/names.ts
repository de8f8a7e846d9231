/** What the metrics, the traces and their meter are named by. */
export const SCOPE = 'upload-session-sweeper';

/** The metrics, each by its name in the table of docs/monitoring.md. Attributes have few values: a session's id is never one. */
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
