import type { OnePorts } from '../cleanup/cleanUpOne.ts';
import type { CleanupRules } from '../cleanup/cleanUpSession.ts';
import type { EditPorts } from '../cleanup/editSession.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { ClusterPorts, LogPort, SweepPorts } from '../cleanup/ports.ts';
import type { SweepRules } from '../cleanup/sweep.ts';
import { createImageStoreClient } from '../imageStore/imageStoreClient.ts';
import { completeProxyVariables } from '../network/directHttpClient.ts';
import { type Settings, SettingsError } from '../settings/settings.ts';
import { partitionOf, sessionPartitions } from '../storage/partitions.ts';
import { openStorage, type RetryOptions, type Storage } from '../storage/storage.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceWork } from '../telemetry/traceWork.ts';
import { UNTRACED } from '../telemetry/untraced.ts';
import { type KeptProbe, keepProbes } from './keptProbe.ts';

/**
 * What calls under way may take once a sweep was stopped by its time budget, in milliseconds: with the default budget of
 * four minutes it leaves the rest of host.json's functionTimeout to the records.
 */
const DRAIN_MS = 30_000;

/** The same when the host shuts down: it leaves the records a part of lifecycle.ts's grace. */
const SHUTDOWN_DRAIN_MS = 2_000;

/** How much longer than the cluster's own timeout an answer is waited for, in milliseconds; less for a short timeout. */
const LONGEST_GRACE_MS = 5_000;

/** Three retries, of which the last one begins about a second and a half after the first try. */
const WHILE_SOMEBODY_WAITS: RetryOptions = { maxRetries: 3, retryDelayInMs: 200 };

/** The app's parts, put together from the settings. */
export interface App {
  settings: Settings;
  sweepRules: SweepRules;
  storage: Storage;
  /** Probes of the cluster, the latest one kept. */
  probes: KeptProbe;
  /** What needs no log of an invocation. */
  direct: ClusterPorts & EditPorts & Pick<OnePorts, 'partitionOf'>;
  /** @param guarded - whether a session that is still active is left alone */
  oneRules(guarded: boolean): CleanupRules & SweepRules;
  ports(log: LogPort): SweepPorts & OnePorts;
  /** What a sweep, and the cleanup of one session, is to be done in, so that it has a span of its own. */
  trace: TraceWork;
}

/**
 * Puts the app together from its settings; nothing is sent before a part is used.
 *
 * @param telemetry - where metrics and traces are wanted
 * @throws {SettingsError} when the storage library can't make anything of its connection string
 */
export function putTogether(settings: Settings, telemetry?: Telemetry): App {
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
  const probes = keepProbes(client.probe);
  // Who waits for an answer hears soon of a storage that cannot be reached; a sweep has the time for the library's own retries.
  const storage = open(storageSettings, WHILE_SOMEBODY_WAITS);
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
  const ports = (log: LogPort): SweepPorts & OnePorts => ({
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
    // One session on request is a person's or a service's own decision: SWEEP_DRY_RUN is about sweeps.
    oneRules: (guarded) => ({ ...sweepRules, dryRun: false, guarded }),
    ports: telemetry ? (log) => telemetry.observePorts(ports(log)) : ports,
    trace: telemetry?.trace ?? UNTRACED,
  };
}

function open({ connection, tables }: Settings['storage'], retries?: RetryOptions): Storage {
  try {
    return openStorage(connection, tables, retries);
  } catch {
    // Without the library's own words: they may quote the string.
    throw new SettingsError([
      'SESSION_STORAGE names a connection string that is incomplete: it must hold AccountName and AccountKey, or TableEndpoint ' +
        'and SharedAccessSignature, or be UseDevelopmentStorage=true.',
    ]);
  }
}
