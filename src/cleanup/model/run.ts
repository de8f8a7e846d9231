import type { Trigger } from './trigger.ts';

/** Which sweep or call a cleanup belongs to. */
export interface Run {
  runId: string;
  /** The sweep that it is a part of, if another run began it. */
  sweepId?: string;
  /** The only partition that it sweeps, if the sweep was fanned out. */
  partition?: string;
  trigger: Trigger;
  startedAt: Date;
}
