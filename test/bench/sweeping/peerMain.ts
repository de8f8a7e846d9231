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

/** What a sweep used, with the most memory that its process ever held, in MiB. */
export interface SweepUsage extends Usage {
  peakMiB: number;
}

servePeer(async (job: SweepJob): Promise<SweepUsage> => {
  const usage = await measure(() => SWEEPS[job.peer](job));
  return { ...usage, peakMiB: process.resourceUsage().maxRSS / 1024 };
});
