import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { SweepAnswer } from '../wire/schemas.ts';
import { AppError } from './api.ts';
import { useApp } from './useApp.ts';
import { useAsk } from './useAsk.ts';

/** The options of a requested sweep. */
export interface SweepOrder {
  dryRun: boolean;
  olderThan?: string;
  owner?: string;
  limit?: number;
  belowStaleAfter?: true;
}

/** A sweep or dry run that was requested on this page. */
export interface Job {
  id: number;
  order: SweepOrder;
  /** By this browser's clock, in milliseconds. */
  startedAt: number;
  endedAt?: number;
  answer?: SweepAnswer;
  error?: string;
}

export interface Jobs {
  job: Job | undefined;
  start(order: SweepOrder): void;
  close(): void;
}

export const JobContext = createContext<Jobs | undefined>(undefined);

export function useJobs(): Jobs {
  const jobs = useContext(JobContext);
  if (!jobs) throw new TypeError('This component is not inside JobContext.');
  return jobs;
}

/** Keeps the newest job, so that the page stays usable while it runs. */
export function useJob(): Jobs {
  const [job, setJob] = useState<Job>();
  const app = useApp();
  const ask = useAsk();
  const start = async (order: SweepOrder) => {
    const begun: Job = { id: (job?.id ?? 0) + 1, order, startedAt: Date.now() };
    setJob(begun);
    try {
      const answer = await ask<SweepAnswer>('POST', '/sweeps', order);
      setJob({ ...begun, answer, endedAt: Date.now() });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      setJob({ ...begun, error: error.message, endedAt: Date.now() });
    }
    await app.refresh('tables');
  };
  return { job, start: (order) => void start(order), close: () => setJob(undefined) };
}
