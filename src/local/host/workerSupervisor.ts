import { AppStartError, FunctionsWorker, WorkerFailure, type WorkerOptions } from './functionsWorker.ts';
import type { HostLog } from './hostLog.ts';
import type { FunctionMetadata } from './protocol.ts';

/** So many errors within the period end the host. [azure-functions-host, RpcFunctionInvocationDispatcher.cs] */
const ERROR_LIMIT = 3;
const ERROR_PERIOD_MS = 30 * 60_000;
const CATEGORY = 'Host.Worker';

export interface StartedApp {
  functions: FunctionMetadata[];
  capabilities: Record<string, string>;
}

/** Keeps one worker running: starts it, starts it anew when it dies, and gives up at the third error. */
export class WorkerSupervisor {
  readonly #options: Omit<WorkerOptions, 'onExit'>;
  readonly #log: HostLog;
  readonly #onGivenUp: (reason: Error) => void;
  readonly #terminating = new Set<Promise<void>>();
  #errorTimes: number[] = [];
  #stopped = false;
  #current: FunctionsWorker;
  /** The app that the first worker to come up has loaded. */
  readonly started: Promise<StartedApp>;
  #resolveStarted!: (app: StartedApp) => void;
  #rejectStarted!: (error: Error) => void;

  /** @param onGivenUp - called once, when no further worker will be started */
  constructor(options: Omit<WorkerOptions, 'onExit'>, log: HostLog, onGivenUp: (reason: Error) => void) {
    this.#options = options;
    this.#log = log;
    this.#onGivenUp = onGivenUp;
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    this.started.catch(() => {});
    this.#current = this.#start();
  }

  /** The worker that takes invocations now, once it has loaded the app: calls made during a restart wait for it. */
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

  /** Replaces a worker in which a function ran out of time. Everything else that it was running dies with it. */
  replace(worker: FunctionsWorker): void {
    if (worker !== this.#current || this.#stopped) return;
    this.#current = this.#start();
    worker.abandon('The worker was restarted because another function on it timed out.');
    const end = worker.terminate();
    this.#terminating.add(end);
    void end.finally(() => this.#terminating.delete(end));
  }

  /** Ends the worker, its `appTerminate` hooks first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#current.terminate(), ...this.#terminating]);
  }

  kill(): void {
    this.#stopped = true;
    this.#current.kill();
  }

  #start(): FunctionsWorker {
    const worker = new FunctionsWorker({ ...this.#options, onExit: (ended) => this.#onExit(ended) });
    worker.started.then(
      (app) => this.#resolveStarted(app),
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
    worker.kill(); // Its end is counted like any other.
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
    this.#rejectStarted(reason);
    this.#current.kill();
    this.#onGivenUp(reason);
  }
}
