import type { ObserveCall } from '../imageStore/observeCall.ts';
import type { TelemetrySettings } from '../settings/telemetry.ts';
import type { ObservedPorts } from './observePorts.ts';
import type { TraceWork } from './traceWork.ts';

/** The trace that an invocation belongs to, in the words of W3C Trace Context. */
export interface TraceOrigin {
  traceParent?: string | undefined;
  traceState?: string | undefined;
}

/** Metrics and traces that are wanted somewhere. */
export interface Telemetry {
  observeCall: ObserveCall;
  /** Counts what passes by these ports; an app with other ports beside them keeps them. */
  observePorts<P extends ObservedPorts>(ports: P): P;
  trace: TraceWork;
  /** Does a piece of work within the trace that asked for it; in one of its own when there is none. */
  inTrace<T>(origin: TraceOrigin, work: () => T): T;
  /** Has what was gathered sent. Resolves after `withinMs` at the latest, sent or not, and never rejects. */
  flush(withinMs: number): Promise<void>;
}

/**
 * Starts metrics and traces, where settings say that they are wanted. Only then is the SDK loaded.
 *
 * @param say - takes what a person should know, as sentences without secrets
 * @returns none: they are not wanted, or could not be started, which was said
 */
export async function startTelemetry(
  { warnings, ...settings }: TelemetrySettings,
  say: (sentence: string) => void,
): Promise<Telemetry | undefined> {
  for (const warning of warnings) say(warning);
  if (settings.azureMonitor === undefined && !settings.otlp) return undefined;
  try {
    const { startSdk } = await import('./startSdk.ts');
    return await startSdk(settings, say);
  } catch (error) {
    // Its message may hold what the settings hold.
    say(
      `Metrics and traces could not be started (${error instanceof Error ? error.name : 'thrown'}); the app goes on without.`,
    );
    return undefined;
  }
}
