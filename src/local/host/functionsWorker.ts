import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type {
  FunctionMetadata,
  HostMessage,
  InvocationRequest,
  InvocationResponse,
  RpcException,
  WorkerMessage,
} from './protocol.ts';

const WORKER_MAIN = fileURLToPath(new URL('./worker/main.ts', import.meta.url));
/** How long a worker may take to end before the host kills it. [azure-functions-host, WorkerConstants.cs] */
const TERMINATE_GRACE_MS = 5_000;

export interface WorkerOptions {
  appDirectory: string;
  entryFile: string;
  environment: Record<string, string>;
  onLog(message: WorkerMessage & { type: 'log' }): void;
  /** A line that the app wrote to its stdout or stderr. */
  onConsole(stream: 'stdout' | 'stderr', line: string): void;
  /** The process ended, expected or not. */
  onExit(worker: FunctionsWorker): void;
}

/** The app's code failed, in an invocation or at its start. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  readonly exception: RpcException;

  constructor(exception: RpcException) {
    super(exception.message);
    this.exception = exception;
  }
}

/** The app prevents the start: it threw after it had registered functions. */
export class AppStartError extends WorkerFailure {}

interface Pending {
  resolve(response: InvocationResponse): void;
  reject(error: Error): void;
}

/** One worker process, from its start to its end. */
export class FunctionsWorker {
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, Pending>();
  readonly #exited: Promise<void>;
  #failStart: (error: Error) => void = () => {};
  #terminating = false;
  /** The app's functions, when it is loaded. Rejects if that fails, or the process ends. */
  readonly started: Promise<FunctionMetadata[]>;

  constructor(options: WorkerOptions) {
    this.#child = fork(WORKER_MAIN, [], {
      cwd: options.appDirectory,
      env: {
        ...options.environment,
        FUNCTIONS_WORKER_DIRECTORY: dirname(WORKER_MAIN),
        FUNCTIONS_APPLICATION_DIRECTORY: options.appDirectory,
      },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = this.#child[stream];
      if (input) createInterface({ input }).on('line', (line) => options.onConsole(stream, line));
    }
    this.started = new Promise((resolve, reject) => {
      this.#failStart = reject;
      this.#child.on('message', (message: WorkerMessage) => {
        if (message.type === 'started') resolve(message.functions);
        else if (message.type === 'startFailed') {
          reject(new (message.at === 'app' ? AppStartError : WorkerFailure)(message.exception));
        } else if (message.type === 'log') options.onLog(message);
        else this.#settle(message);
      });
    });
    this.started.catch(() => {}); // Prevents an unhandled rejection if no caller waits for it.
    this.#exited = new Promise((resolve) => {
      // 'close' comes after the last line of output, which often has the reason.
      this.#child.on('close', (code, signal) => {
        this.abandon(
          `node exited with ${signal ? `signal ${signal}` : `code ${code} (0x${(code ?? 0).toString(16)})`}`,
        );
        resolve();
        options.onExit(this);
      });
    });
    this.#child.on('error', (error) => this.abandon(`The worker process could not be used: ${error.message}`));
    this.#send({ type: 'start', appDirectory: options.appDirectory, entryFile: options.entryFile });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether the host itself ends this process. */
  get isTerminating(): boolean {
    return this.#terminating;
  }

  /** @throws WorkerFailure if the function failed, Error if the process ended during the invocation */
  invoke(request: InvocationRequest): Promise<InvocationResponse> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.invocationId, { resolve, reject });
      this.#send({ type: 'invoke', request });
    });
  }

  /** Fails everything that waits for this worker. The process itself continues. */
  abandon(reason: string): void {
    const error = new Error(reason);
    this.#failStart(error);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  /** Runs the app's `appTerminate` hooks and ends the process. Kills it if that takes too long. */
  async terminate(): Promise<void> {
    this.#terminating = true;
    this.#send({ type: 'terminate' });
    const kill = setTimeout(() => this.kill(), TERMINATE_GRACE_MS);
    await this.#exited;
    clearTimeout(kill);
  }

  kill(): void {
    this.#terminating = true;
    this.#child.kill('SIGKILL');
  }

  #settle(message: WorkerMessage & { type: 'response' | 'failure' }): void {
    const id = message.type === 'response' ? message.response.invocationId : message.invocationId;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (message.type === 'response') pending?.resolve(message.response);
    else pending?.reject(new WorkerFailure(message.exception));
  }

  #send(message: HostMessage): void {
    // Errors are ignored: if the process has ended, its 'close' event follows.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
