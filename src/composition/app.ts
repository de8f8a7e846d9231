import type { OnRequestPorts } from '../cleanup/cleanUpOnRequest.ts';
import type { CleanupRules } from '../cleanup/cleanUpSession.ts';
import type { EditPorts } from '../cleanup/editSession.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { ClusterPorts, LogPort, SweepPorts } from '../cleanup/ports.ts';
import type { SweepRules } from '../cleanup/sweep.ts';
import { createImageStoreClient } from '../imageStore/imageStoreClient.ts';
import { completeProxyVariables } from '../network/proxyVariables.ts';
import { type Settings, SettingsError } from '../settings/settings.ts';
import { partitionOf, sessionPartitions } from '../storage/partitions.ts';
import { openStorage, type RetryOptions, type Storage } from '../storage/storage.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceWork } from '../telemetry/traceWork.ts';
import { UNTRACED } from '../telemetry/untraced.ts';
import { createProbeCache, type ProbeCache } from './probeCache.ts';

/**
 * How long calls in progress may take after a sweep was stopped by its time budget, in milliseconds. With the default budget of
 * four minutes, the rest of host.json's functionTimeout is left for the records.
 */
const DRAIN_MS = 30_000;

/** The same when the host shuts down. The rest of the grace period in shutdown.ts is left for the records. */
const SHUTDOWN_DRAIN_MS = 2_000;

/** How much longer than the cluster's own timeout the app waits for an answer, in milliseconds; less for a short timeout. */
const LONGEST_GRACE_MS = 5_000;

/** Three retries; the last one begins about a second and a half after the first try. */
const INTERACTIVE_RETRIES: RetryOptions = { maxRetries: 3, retryDelayInMs: 200 };

/** The parts of the app, created from the settings. */
export interface App {
  settings: Settings;
  sweepRules: SweepRules;
  /** For requests that a person waits for: few and short retries. */
  storage: Storage;
  probes: ProbeCache;
  /** The ports that do not need the log of an invocation. */
  direct: ClusterPorts & EditPorts & Pick<OnRequestPorts, 'partitionOf'>;
  /** @param guarded - whether a session that is still active is left alone */
  onRequestRules(guarded: boolean): CleanupRules & SweepRules;
  ports(log: LogPort): SweepPorts & OnRequestPorts;
  /** Runs a sweep, or the cleanup of one session, in its own span. */
  trace: TraceWork;
}

/**
 * Creates the app from its settings. It sends nothing until a part is used.
 *
 * @param telemetry - if metrics or traces are sent
 * @throws {SettingsError} if the storage library rejects the connection string
 */
export function createApp(settings: Settings, telemetry?: Telemetry): App {
  completeProxyVariables(process.env);
  const { cluster, storage: storageSettings, sweep } = settings;
  const { shards } = storageSettings;
  const client = createImageStoreClient({
    ...cluster.access,
    ...(cluster.id ? { clusterId: cluster.id } : {}),
    timeoutSeconds: cluster.timeoutSeconds,
    graceMs: Math.min(LONGEST_GRACE_MS, cluster.timeoutSeconds * 1000),
    maxConnections: sweep.concurrency,
    ...(telemetry ? { observeCall: telemetry.observeCall } : {}),
  });
  const probes = createProbeCache(client.probe);
  // A person soon gets an error if the storage is unreachable. A sweep has time for the library's default retries.
  const storage = open(storageSettings, INTERACTIVE_RETRIES);
  const patient = open(storageSettings);
  const sweepRules: SweepRules = {
    ...sweep,
    partitions: sessionPartitions(cluster.name, shards),
    drainMs: DRAIN_MS,
    abortedDrainMs: SHUTDOWN_DRAIN_MS,
    maxTries: 3,
    firstWaitMs: 500,
    random: Math.random,
  };
  const partition = (id: SessionId) => partitionOf(cluster.name, shards, id);
  const direct: App['direct'] = {
    getSession: client.getUploadSession,
    deleteSession: client.deleteUploadSession,
    deleteSessionIf: client.deleteUploadSessionIf,
    now: () => new Date(),
    findSession: (id) => storage.findSession(partition(id), id),
    createSession: (id, columns) => storage.createSession(partition(id), id, columns),
    changeSession: storage.changeSession,
    partitionOf: partition,
  };
  const ports = (log: LogPort): SweepPorts & OnRequestPorts => ({
    ...patient,
    ...direct,
    resumeAfter: ({ partition }) => patient.resumePosition(cluster.name, partition),
    getStoreUsage: client.getStoreUsage,
    probe: async (call) => (await probes.fresh(call)).probe,
    recordRun: (run) => patient.recordRun({ ...run, clusterName: cluster.name }),
    log,
  });
  return {
    settings,
    sweepRules,
    storage,
    probes,
    direct,
    // A request to delete one session is explicit. SWEEP_DRY_RUN is only about sweeps.
    onRequestRules: (guarded) => ({ ...sweepRules, dryRun: false, guarded }),
    ports: telemetry ? (log) => telemetry.observePorts(ports(log)) : ports,
    trace: telemetry?.trace ?? UNTRACED,
  };
}

function open({ connection, tables }: Settings['storage'], retries?: RetryOptions): Storage {
  try {
    return openStorage(connection, tables, retries);
  } catch {
    // Without the library's own message, which may quote the connection string.
    throw new SettingsError([
      'SESSION_STORAGE names an incomplete connection string: it must have AccountName and AccountKey, or TableEndpoint ' +
        'and SharedAccessSignature, or be UseDevelopmentStorage=true.',
    ]);
  }
}
