import type { EventEmitter } from 'node:events';
import type { AppSettings } from '../../settings/localSettings.ts';
import type { Call, CallResult } from './call.ts';
import type { HostFunction } from './hostFunction.ts';
import type { HostJson } from './hostJson.ts';
import type { HostLog } from './hostLog.ts';
import type { HttpRoute } from './http/httpRoute.ts';
import type { Binding, TypedData } from './protocol.ts';

/** The parts of the host that triggers use. */
export interface TriggerHost {
  appDirectory: string;
  /** Separates this app's locks and timers from those of other apps on the same storage account. */
  hostId: string;
  settings: AppSettings;
  hostJson: HostJson;
  log: HostLog;
  /** How long a queue message is invisible to other hosts without a renewal. */
  queueLeaseMs: number;
  /** Emits the name of each queue that this host writes to, so that its own listener need not wait. */
  queueWrites: EventEmitter<{ write: [queueName: string] }>;
  /** Runs a function; never rejects. */
  call(fn: HostFunction, call: Call): Promise<CallResult>;
  /** Replaces `%NAME%` with the values of settings. @throws UnresolvedSettingError */
  resolve(text: string): string;
  /** Adds a route to the HTTP server, after those added before it. */
  addRoute(route: HttpRoute): void;
}

/** Runs a function when its trigger fires. Created once for each function, and started when the host is ready. */
export interface Listener {
  /** Describes the trigger in the list of functions. `address` is the host's, without a trailing slash. */
  describe(address: string): string;
  start(): void;
  /** Stops, and resolves when its work has ended and its locks are released. */
  stop(): Promise<void>;
  /**
   * The trigger's value for a run started by `POST /admin/functions/{name}`.
   *
   * @throws Error if this trigger cannot be run that way; the run then fails
   */
  adminInput(input: string | undefined): Promise<TypedData>;
}

/**
 * One kind of trigger.
 *
 * @throws Error if the trigger is not valid: the function is then in error, and the others run
 */
export type TriggerKind = (fn: HostFunction, host: TriggerHost) => Listener;

/** An output binding of one function: writes the value of a successful run. */
export type Output = (value: TypedData) => Promise<void>;

/**
 * One kind of output binding.
 *
 * @throws Error if the binding is not valid: the function is then in error
 */
export type OutputKind = (binding: Binding, host: TriggerHost) => Output;
