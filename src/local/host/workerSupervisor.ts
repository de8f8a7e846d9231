import { AppStartError, FunctionsWorker, WorkerFailure, type WorkerOptions } from './functionsWorker.ts';
import type { HostLog } from './hostLog.ts';
import type { FunctionMetadata } from './protocol.ts';

/** The number of errors within the period that ends the host. [azure-functions-host, RpcFunctionInvocationDispatcher.cs] */
const ERROR_LIMIT = 3;
const ERROR_PERIOD_MS = 30 * 60_000;
const CATEGORY = 'Host.Worker';

/** Keeps one worker running: starts it, restarts it when it ends, and gives up at the third error. */
export class WorkerSupervisor {
  readonly #options: Omit<WorkerOptions, 'onExit'>;
  readonly #log: HostLog;
  readonly #onGivenUp: (reason: Error) => void;
  readonly #terminating = new Set<Promise<void>>();
  #errorTimes: number[] = [];
  #stopped = false;
  #current: FunctionsWorker;
  /** The functions of the app that the first worker has loaded. */
  readonly started: Promise<FunctionMetadata[]>;
  readonly #started = Promise.withResolvers<FunctionMetadata[]>();

  /** @param onGivenUp - called once, when no more workers will be started */
  constructor(options: Omit<WorkerOptions, 'onExit'>, log: HostLog, onGivenUp: (reason: Error) => void) {
    this.#options = options;
    this.#log = log;
    this.#onGivenUp = onGivenUp;
    this.started = this.#started.promise;
    this.started.catch(() => {}); // Prevents an unhandled rejection if no caller waits for it.
    this.#current = this.#start();
  }

  /** Waits until the current worker has loaded the app. Calls during a restart wait for the new worker. */
  async ready(): Promise<FunctionsWorker> {
    for (;;) {
      const worker = this.#current;
      try {
        await worker.started;
        return worker;
      } catch (error) {
        if (worker === this.#current) throw error;
      }
    }
  }

  /** Replaces a worker in which a function timed out. Its other invocations end with it. */
  replace(worker: FunctionsWorker): void {
    if (worker !== this.#current || this.#stopped) return;
    this.#current = this.#start();
    worker.abandon('The worker was restarted because another function on it timed out.');
    const end = worker.terminate();
    this.#terminating.add(end);
    void end.finally(() => this.#terminating.delete(end));
  }

  /** Runs the `appTerminate` hooks and ends the worker. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#current.terminate(), ...this.#terminating]);
  }

  #start(): FunctionsWorker {
    const worker = new FunctionsWorker({ ...this.#options, onExit: (ended) => this.#onExit(ended) });
    worker.started.then(
      (functions) => this.#started.resolve(functions),
      (error: Error) => this.#onStartFailed(worker, error),
    );
    return worker;
  }

  #onStartFailed(worker: FunctionsWorker, error: Error): void {
    if (worker !== this.#current || this.#stopped) return;
    if (error instanceof AppStartError) {
      this.#giveUp(error);
      return;
    }
    if (error instanceof WorkerFailure)
      this.#log.write('error', CATEGORY, `Worker failed to start: ${error.exception.stackTrace}`);
    worker.kill(); // Its end is counted as an error in #onExit.
  }

  #onExit(worker: FunctionsWorker): void {
    if (worker !== this.#current || this.#stopped) return;
    const now = Date.now();
    this.#errorTimes = [...this.#errorTimes.filter((time) => now - time < ERROR_PERIOD_MS), now];
    this.#log.write('error', CATEGORY, `Language Worker Process exited. Pid=${worker.pid}.`);
    if (this.#errorTimes.length < ERROR_LIMIT) {
      this.#current = this.#start();
      return;
    }
    const reason =
      'Exceeded language worker restart retry count for runtime:node. Shutting down and proactively recycling the Functions Host to recover';
    this.#log.write('error', CATEGORY, reason);
    this.#giveUp(new Error(reason));
  }

  #giveUp(reason: Error): void {
    this.#stopped = true;
    this.#started.reject(reason);
    this.#current.kill();
    this.#onGivenUp(reason);
  }
}
