import { randomBytes, randomUUID } from 'node:crypto';
import type { Call, CallResult, OutputWriter } from './call.ts';
import { type FunctionsWorker, WorkerFailure } from './functionsWorker.ts';
import type { HostFunction } from './hostFunction.ts';
import type { HostLog } from './hostLog.ts';
import type { InvocationRequest, WorkerMessage } from './protocol.ts';
import { sanitize } from './sanitize.ts';
import type { WorkerSupervisor } from './workerSupervisor.ts';

/** Runs functions on the worker, with log and timeout. */
export class Invoker {
  readonly #supervisor: WorkerSupervisor;
  readonly #log: HostLog;
  readonly #timeoutMs: number | undefined;
  readonly #writeOutputs: OutputWriter;
  readonly #running = new Map<string, HostFunction>();
  readonly #calls = new Set<Promise<CallResult>>();

  constructor(
    supervisor: WorkerSupervisor,
    log: HostLog,
    options: { timeoutMs: number | undefined; writeOutputs: OutputWriter },
  ) {
    this.#supervisor = supervisor;
    this.#log = log;
    this.#timeoutMs = options.timeoutMs;
    this.#writeOutputs = options.writeOutputs;
  }

  /** Runs a function. Never rejects: errors are logged. */
  call(fn: HostFunction, call: Call): Promise<CallResult> {
    const result = this.#run(fn, call);
    this.#calls.add(result);
    void result.finally(() => this.#calls.delete(result));
    return result;
  }

  /** Resolves when no function is running. */
  async drain(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls);
  }

  /** Drops lines of an invocation that has ended, as the real host does. [azure-functions-host, GrpcWorkerChannel.cs] */
  logFromWorker(message: WorkerMessage & { type: 'log' }): void {
    const fn = this.#running.get(message.invocationId ?? '');
    if (message.category === 'system') this.#log.write(message.level, 'Worker', message.message);
    else if (fn) this.#log.write(message.level, `Function.${fn.name}.User`, message.message);
  }

  async #run(fn: HostFunction, call: Call): Promise<CallResult> {
    const invocationId = randomUUID();
    const category = `Function.${fn.name}`;
    const startedAt = performance.now();
    this.#log.write(
      'information',
      category,
      `Executing 'Functions.${fn.name}' (Reason='${call.reason}', Id=${invocationId})`,
    );
    if (call.details && Object.keys(call.details).length > 0) {
      const details = Object.entries(call.details).map(([name, value]) => `${name}: ${value}`);
      this.#log.write('information', category, `Trigger Details: ${details.join(', ')}`);
    }
    const end = (status: string) =>
      `Executed 'Functions.${fn.name}' (${status}, Id=${invocationId}, Duration=${Math.trunc(performance.now() - startedAt)}ms)`;

    this.#running.set(invocationId, fn);
    try {
      const request: InvocationRequest = {
        invocationId,
        functionId: fn.functionId,
        inputData: [{ name: fn.trigger.name, data: await call.input() }],
        triggerMetadata: {},
        traceContext: childTrace(call),
      };
      const worker = await this.#supervisor.ready();
      const response = await this.#withTimeout(worker, fn, invocationId, worker.invoke(request));
      await this.#writeOutputs(fn, response);
      this.#log.write('information', category, end('Succeeded'));
      return { succeeded: true, response };
    } catch (error) {
      const message = `Exception while executing function: Functions.${fn.name}. ${sanitize(describe(error as Error))}`;
      this.#log.write('error', category, `${end('Failed')}\n${message}`);
      return { succeeded: false, message };
    } finally {
      this.#running.delete(invocationId);
    }
  }

  /** A function cannot be stopped, so after the timeout its worker is replaced. */
  async #withTimeout<T>(worker: FunctionsWorker, fn: HostFunction, invocationId: string, work: Promise<T>): Promise<T> {
    if (this.#timeoutMs === undefined) return work;
    const timeoutMs = this.#timeoutMs;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const limit = new Date(timeoutMs).toISOString().slice(11, 19);
        const text = `Timeout value of ${limit} exceeded by function 'Functions.${fn.name}' (Id: '${invocationId}').`;
        this.#log.write('error', `Function.${fn.name}`, `${text} Initiating cancellation.`);
        reject(new Error(`Timeout value of ${limit} was exceeded by function: Functions.${fn.name}`));
        this.#supervisor.replace(worker);
      }, timeoutMs);
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      clearTimeout(timer);
      work.catch(() => {}); // After a timeout it is rejected as well, which must not be unhandled.
    }
  }
}

function describe(error: Error): string {
  if (!(error instanceof WorkerFailure)) return error.message;
  return `Result: Failure\nException: ${error.exception.message}\nStack: ${error.exception.stackTrace}`;
}

/** A child of the caller's trace, or a new trace that is not sampled. */
function childTrace({ traceParent, traceState }: Call): InvocationRequest['traceContext'] {
  const [, traceId, flags] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceParent ?? '') ?? [];
  return {
    traceParent: `00-${traceId ?? randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags ?? '00'}`,
    traceState: (traceId && traceState) || '',
    attributes: {},
  };
}
