import type { TraceWork } from './traceWork.ts';

/** Runs the work without spans, if telemetry is off. */
export const UNTRACED: TraceWork = {
  sweep: (_run, work) => work(),
  cleanup: (_run, _sessionId, work) => work(),
};
