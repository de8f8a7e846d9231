import type { EventEmitter } from 'node:events';
import type { AppSettings } from '../../settings/localSettings.ts';
import type { Call, CallResult } from './call.ts';
import type { HostFunction } from './hostFunction.ts';
import type { HostJson } from './hostJson.ts';
import type { HostLog } from './hostLog.ts';
import type { HttpRoute } from './http/httpRoute.ts';
import type { Binding, TypedData } from './protocol.ts';

/** What a trigger may use of the host. */
export interface TriggerHost {
  appDirectory: string;
  /** Tells this app's locks and timers from those of others on the same storage account. */
  hostId: string;
  settings: AppSettings;
  hostJson: HostJson;
  log: HostLog;
  /** How long a queue message that this host works on is kept from others without renewing, in milliseconds. */
  queueLeaseMs: number;
  /** Tells by name of each queue that this host has written to: who listens to it here need not wait. */
  queueWrites: EventEmitter<{ write: [queueName: string] }>;
  /** Runs a function; never rejects. */
  call(fn: HostFunction, call: Call): Promise<CallResult>;
  /** Puts the settings' values in for `%NAME%`. @throws UnresolvedSettingError */
  resolve(text: string): string;
  /** Has the HTTP server try this route from now on, after those added before it. */
  addRoute(route: HttpRoute): void;
}

/** What makes a function run: made once a function, started when the host is ready. */
export interface Listener {
  /** For the list of functions: its kind and what it listens for. `address` is the host's, without a slash at its end. */
  describe(address: string): string;
  start(): void;
  /** Takes on no more work, and resolves once its own work is over and everything it held is given back. */
  stop(): Promise<void>;
  /**
   * The trigger's value for a run started by `POST /admin/functions/{name}`.
   *
   * @throws Error when this trigger cannot be run so; the run then fails
   */
  adminInput(input: string | undefined): Promise<TypedData>;
}

/**
 * One kind of trigger.
 *
 * @throws Error, when the function cannot be listened for: it is then in error, and the others run
 */
export type TriggerKind = (fn: HostFunction, host: TriggerHost) => Listener;

/** An output binding of one function: takes what a successful run left in it. */
export type Output = (value: TypedData) => Promise<void>;

/**
 * One kind of output binding.
 *
 * @throws Error, when nothing can be put out there: the function is then in error
 */
export type OutputKind = (binding: Binding, host: TriggerHost) => Output;
