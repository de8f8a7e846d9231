import type { TraceWork } from './traceWork.ts';

/** Where there is no telemetry: only does the work. */
export const UNTRACED: TraceWork = {
  sweep: (_run, work) => work(),
  one: (_run, _sessionId, work) => work(),
};
