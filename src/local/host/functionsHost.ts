import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AppSettings, readAppSettings } from '../../settings/localSettings.ts';
import { directLoopback } from '../directLoopback.ts';
import { resolveSettings } from './appSettings.ts';
import { outputWriter } from './bindings.ts';
import { findEntryFiles } from './entryFiles.ts';
import { type IndexedFunction, indexFunctions } from './functionIndex.ts';
import { findHostId } from './hostId.ts';
import { readHostJson } from './hostJson.ts';
import { createHostLog, type HostLog } from './hostLog.ts';
import { HttpServer } from './http/httpServer.ts';
import type { HostKeys } from './http/keys.ts';
import { Invoker } from './invoker.ts';
import type { FunctionMetadata } from './protocol.ts';
import type { TriggerHost } from './triggers.ts';
import { WorkerSupervisor } from './workerSupervisor.ts';

/** How long running functions are waited for at the end. [azure-functions-host, ProcessShutdownTimeout] */
const DRAIN_MS = 10_000;
/** How long the locks may take to be given back; one that is not runs out by itself. */
const RELEASE_MS = 2_000;
/** How long a killed host's queue message is out of sight. [azure-sdk-for-net, QueueListener.cs] */
export const QUEUE_LEASE_MS = 600_000;

export interface FunctionsHostOptions {
  /** Holds host.json, local.settings.json and package.json; the worker's working directory. */
  appDirectory: string;
  /** 0: any free one. */
  port: number;
  /** File to load instead of the sources' entry, or package.json's `main`. */
  entry?: string | { bundle: true } | undefined;
  /** App settings that win over local.settings.json. */
  environment: Record<string, string | undefined>;
  /** Undefined: keys are not checked. */
  keys?: HostKeys | undefined;
  /** How long a queue message is leased for, in milliseconds; {@link QUEUE_LEASE_MS}, as on the real host, by default. */
  queueLeaseMs?: number | undefined;
  writeLine: (line: string) => void;
}

export interface FunctionsHost {
  /** Such as `http://127.0.0.1:7071`. */
  address: string;
  /** Names of the functions that can run. */
  functions: string[];
  /** Resolves when the host has stopped: with the reason when it gave up by itself. */
  ended: Promise<Error | undefined>;
  /** Waits for running functions, has the app's appTerminate hooks run, and ends. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a local functions host for an app that uses `@azure/functions` v4.
 *
 * @throws Error when it cannot start: a port that is taken, an unreadable file, an app that throws while registering
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const settings = await readAppSettings(join(options.appDirectory, 'local.settings.json'), options.environment);
  const [hostJson, entryFiles] = await Promise.all([
    readHostJson(options.appDirectory, settings),
    findEntryFiles(options.appDirectory, options.entry),
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
      entryFiles,
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
    const started = await supervisor.started;
    if (started.capabilities['HttpUri'])
      throw new Error('The app sets enableHttpStream, which this host does not have.');
    functions = started.functions;
  } catch (error) {
    await close(error as Error);
    throw error;
  }
  indexed = await indexFunctions(functions, host);
  const enabled = indexed.filter(({ disabled }) => !disabled);
  // Routes first, so that no request meets half of them; then the rest, which is not waited for.
  for (const { listener } of enabled) listener.start();
  http.serve({ hostId: host.hostId, functions: indexed, invoker });
  const lines = enabled.map(({ listener }) => `  ${listener.describe(address)}`);
  // In one piece: who waits for the first line has the others with it.
  log.print(
    [`Functions host ready at ${address}`, ...(indexed.length > 0 ? lines : ['No job functions found.'])].join('\n'),
  );
  return { address, functions: indexed.map(({ fn }) => fn.name), ended, close: () => close() };
}

/** What the real host and `func` give the worker beside the app settings. */
function workerEnvironment(settings: AppSettings, appDirectory: string, port: number): Record<string, string> {
  const proxies = Object.entries(directLoopback(settings));
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...settings,
    ...Object.fromEntries(proxies.map(([name, value]) => [name, value ?? ''])),
    AzureWebJobsScriptRoot: appDirectory,
    WEBSITE_HOSTNAME: `localhost:${port}`,
  };
}

/** Such lines have lost their invocation and their level; on stderr a word in them decides. [azure-functions-host, WorkerProcess.cs] */
function logConsole(log: HostLog, stream: 'stdout' | 'stderr', line: string): void {
  const onStderr = /warn/i.test(line) ? 'warning' : 'error';
  log.write(stream === 'stdout' ? 'information' : onStderr, 'Host.Function.Console', line);
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  await Promise.race([work, delay(limitMs, undefined, { signal: limit.signal }).catch(() => {})]);
  limit.abort();
}
