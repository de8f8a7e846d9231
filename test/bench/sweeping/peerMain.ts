import { measure, servePeer, type Usage } from '../peerProcess.ts';
import { floorSweep, undiciFloorSweep } from './floorSweep.ts';
import { naiveSweep } from './naiveSweep.ts';
import { ourSweep } from './ourSweep.ts';
import type { SweepJob } from './sweepJob.ts';

const SWEEPS: Record<SweepJob['peer'], (job: SweepJob) => Promise<void>> = {
  ours: ourSweep,
  floor: floorSweep,
  undiciFloor: undiciFloorSweep,
  naive: naiveSweep,
};

/** The time and memory of a sweep. */
export interface SweepUsage extends Usage {
  /** The maximum memory of its process (RSS), in MiB. */
  peakMiB: number;
}

servePeer(async (job: SweepJob): Promise<SweepUsage> => {
  const usage = await measure(() => SWEEPS[job.peer](job));
  return { ...usage, peakMiB: process.resourceUsage().maxRSS / 1024 };
});
