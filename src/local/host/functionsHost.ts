import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readAppSettings } from '../../settings/localSettings.ts';
import { resolveSettings } from './appSettings.ts';
import { outputWriter } from './bindings.ts';
import { findEntryFile } from './entryFile.ts';
import { type IndexedFunction, indexFunctions } from './functionIndex.ts';
import { findHostId } from './hostId.ts';
import { readHostJson } from './hostJson.ts';
import { createHostLog, type HostLog } from './hostLog.ts';
import { HttpServer } from './http/httpServer.ts';
import type { HostKeys } from './http/keys.ts';
import { Invoker } from './invoker.ts';
import type { FunctionMetadata } from './protocol.ts';
import type { TriggerHost } from './triggers.ts';
import { workerEnvironment } from './workerEnvironment.ts';
import { WorkerSupervisor } from './workerSupervisor.ts';

/** How long the host waits for running functions at the end. [azure-functions-host, ProcessShutdownTimeout] */
const DRAIN_MS = 10_000;
/** How long releasing the locks may take. A lock that is not released expires by itself. */
const RELEASE_MS = 2_000;
/** How long the queue message of a killed host is invisible. [azure-sdk-for-net, QueueListener.cs] */
const QUEUE_LEASE_MS = 600_000;

export interface FunctionsHostOptions {
  /** Contains host.json, local.settings.json and package.json. Also the worker's working directory. */
  appDirectory: string;
  /** 0 for any free port. */
  port: number;
  /** The file to load instead of the entry of the sources, or `{ bundle: true }` for package.json's `main`. */
  entry?: string | { bundle: true } | undefined;
  /** App settings that override local.settings.json. */
  environment: Record<string, string | undefined>;
  /** By default, keys are not checked. */
  keys?: HostKeys | undefined;
  /** How long a queue message is leased, in milliseconds; by default 600,000, as on the real host. */
  queueLeaseMs?: number | undefined;
  writeLine: (line: string) => void;
}

export interface FunctionsHost {
  /** Such as `http://127.0.0.1:7071`. */
  address: string;
  /** Names of the functions that can run. */
  functions: string[];
  /** Resolves when the host has stopped; with an error if it stopped unexpectedly. */
  ended: Promise<Error | undefined>;
  /** Waits for running functions, runs the app's appTerminate hooks, and stops. Can be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a local functions host for an app that uses `@azure/functions` v4.
 *
 * @throws Error if it cannot start: a port in use, an unreadable file, an app that throws while it registers functions
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const settings = await readAppSettings(join(options.appDirectory, 'local.settings.json'), options.environment);
  const [hostJson, entryFile] = await Promise.all([
    readHostJson(options.appDirectory, settings),
    findEntryFile(options.appDirectory, options.entry),
  ]);
  const log = createHostLog(hostJson.logLevels, options.writeLine);
  const bodyLimit = Number(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']) || undefined;
  const http = new HttpServer({ port: options.port, keys: options.keys, bodyLimit });
  const port = await http.listen();
  const address = `http://127.0.0.1:${port}`;

  let end!: (reason: Error | undefined) => void;
  const ended = new Promise<Error | undefined>((resolve) => {
    end = resolve;
  });
  let indexed: IndexedFunction[] = [];
  let closing: Promise<void> | undefined;
  const close = (reason?: Error): Promise<void> => {
    closing ??= shutDown().finally(() => end(reason));
    return closing;
  };

  const supervisor = new WorkerSupervisor(
    {
      appDirectory: options.appDirectory,
      entryFile,
      environment: workerEnvironment(settings, options.appDirectory, port),
      onLog: (message) => invoker.logFromWorker(message),
      onConsole: (stream, line) => logConsole(log, stream, line),
    },
    log,
    (reason) => void close(reason),
  );
  const host: TriggerHost = {
    appDirectory: options.appDirectory,
    hostId: findHostId(options.appDirectory, settings),
    settings,
    hostJson,
    log,
    queueLeaseMs: options.queueLeaseMs ?? QUEUE_LEASE_MS,
    queueWrites: new EventEmitter(),
    resolve: (text) => resolveSettings(text, settings),
    addRoute: (route) => http.addRoute(route),
    call: (fn, call) => invoker.call(fn, call),
  };
  const invoker = new Invoker(supervisor, log, {
    timeoutMs: hostJson.functionTimeoutMs,
    writeOutputs: outputWriter(host),
  });

  async function shutDown(): Promise<void> {
    http.stopAccepting();
    const listenersStopped = Promise.allSettled(indexed.map(({ listener }) => listener.stop()));
    await within(DRAIN_MS, invoker.drain());
    await supervisor.stop();
    await within(RELEASE_MS, listenersStopped);
    await http.close();
  }

  let functions: FunctionMetadata[];
  try {
    functions = await supervisor.started;
  } catch (error) {
    await close(error as Error);
    throw error;
  }
  indexed = await indexFunctions(functions, host);
  const enabled = indexed.filter(({ disabled }) => !disabled);
  // All routes are added before requests are served. The other listeners start in the background.
  for (const { listener } of enabled) listener.start();
  http.serve({ functions: indexed, invoker });
  const lines = enabled.map(({ listener }) => `  ${listener.describe(address)}`);
  // In one write, so that a process that waits for the first line also has the others.
  log.print(
    [`Functions host ready at ${address}`, ...(indexed.length > 0 ? lines : ['No job functions found.'])].join('\n'),
  );
  return { address, functions: indexed.map(({ fn }) => fn.name), ended, close: () => close() };
}

/** Console lines have no invocation and no level. On stderr, a line with "warn" is a warning. [azure-functions-host, WorkerProcess.cs] */
function logConsole(log: HostLog, stream: 'stdout' | 'stderr', line: string): void {
  const onStderr = /warn/i.test(line) ? 'warning' : 'error';
  log.write(stream === 'stdout' ? 'information' : onStderr, 'Host.Function.Console', line);
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  await Promise.race([work, delay(limitMs, undefined, { signal: limit.signal }).catch(() => {})]);
  limit.abort();
}
