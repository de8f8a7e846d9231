import type { ObserveCall } from '../imageStore/observeCall.ts';
import type { TelemetrySettings } from '../settings/telemetry.ts';
import type { ObservedPorts } from './observePorts.ts';
import type { TraceWork } from './traceWork.ts';

/** The trace that an invocation belongs to, as in W3C Trace Context. */
export interface TraceOrigin {
  traceParent?: string | undefined;
  traceState?: string | undefined;
}

/** Sends metrics and traces. */
export interface Telemetry {
  observeCall: ObserveCall;
  /** Wraps the ports to count what passes through them. Other ports stay as they are. */
  observePorts<P extends ObservedPorts>(ports: P): P;
  trace: TraceWork;
  /** Runs work within the caller's trace, or in a new one if there is none. */
  inTrace<T>(origin: TraceOrigin, work: () => T): T;
  /** Sends the collected data. Resolves after `withinMs` at the latest, even if the data is not sent, and never rejects. */
  flush(withinMs: number): Promise<void>;
}

/**
 * Starts metrics and traces if the settings ask for them. Only then is the SDK loaded.
 *
 * @param warn - receives warnings, as sentences without secrets
 * @returns `undefined` if the settings do not ask for them, or they could not be started
 */
export async function startTelemetry(
  { warnings, ...settings }: TelemetrySettings,
  warn: (sentence: string) => void,
): Promise<Telemetry | undefined> {
  for (const warning of warnings) warn(warning);
  if (settings.azureMonitor === undefined && !settings.otlp) return undefined;
  try {
    const { startSdk } = await import('./startSdk.ts');
    return await startSdk(settings, warn);
  } catch (error) {
    // Without the error's message, which may quote a setting.
    warn(
      `Metrics and traces could not be started (${error instanceof Error ? error.name : 'thrown'}); the app continues without them.`,
    );
    return undefined;
  }
}
