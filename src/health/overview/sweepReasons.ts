import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { Schedule } from '../../settings/schedule.ts';
import { counted, spanInWords } from '../../wire/words.ts';
import { lastSweep, worstEnding } from '../lastSweep.ts';
import { schedulePulse } from '../schedulePulse.ts';
import type { Reason } from './reason.ts';

/** What the recorded runs show about the sweeps. */
export interface SweepFacts {
  /** Newest first. */
  runs: readonly RunRecord[];
  now: Date;
  schedule: Schedule;
  /** Since when this process runs; `undefined` if it is not the app itself. */
  upSince?: Date | undefined;
}

/** How long the parts of a sweep may take to come, and a first sweep to be recorded, in milliseconds. */
const LENIENCE_MS = 10 * 60_000;

const CHECK_TIMER =
  'Check that the app runs, SWEEP_SCHEDULE, and that the function sweepStaleSessions is not disabled. If this is not the app ' +
  'itself, check that SESSION_STORAGE, RUN_TABLE and CLUSTER_NAME are the same as there.';

/** What is not well about the sweeps: how the last one ended, whether the schedule still runs, and parts that never ran. */
export function sweepReasons(facts: SweepFacts): Reason[] {
  // A dry run that somebody asks for says nothing about the sweeps.
  const sweeps = facts.runs.filter(({ dryRun, trigger }) => !dryRun || trigger === 'timer' || trigger === 'queue');
  return [...endReasons(lastSweep(sweeps)), ...scheduleReasons(facts), ...partsReasons(facts)];
}

function endReasons(sweep: RunRecord[]): Reason[] {
  const worst = worstEnding(sweep);
  if (!worst) return [];
  const { stoppedBy, error } = worst;
  const { severity, label, sentence, advice } = STOP_REASONS[stoppedBy];
  if (severity === 'error') {
    const what = `The last sweep failed: ${error ?? sentence}`;
    return [{ level: 'failing', section: 'sweeps', what, ...(advice && { advice }) }];
  }
  if (stoppedBy !== 'timeBudget') return [];
  const advice_ = 'The next sweep continues. If every sweep ends so, raise SWEEP_CONCURRENCY or sweep more often.';
  return [{ level: 'attention', section: 'sweeps', what: `The last sweep: ${label.toLowerCase()}.`, advice: advice_ }];
}

function scheduleReasons({ runs, now, schedule, upSince }: SweepFacts): Reason[] {
  const pulse = schedulePulse(runs, now);
  const attention = (what: string): Reason[] => [{ level: 'attention', section: 'sweeps', what, advice: CHECK_TIMER }];
  if (!pulse) {
    const isNew = upSince && now.getTime() < schedule.next(upSince.getTime()) + LENIENCE_MS;
    return isNew ? [] : attention('No scheduled sweep recorded.');
  }
  if (!pulse.isOverdue) return [];
  const usual = pulse.usualMs === undefined ? '' : `; usually there is one every ${spanInWords(pulse.usualMs)}`;
  return attention(`The last scheduled sweep was ${spanInWords(pulse.silentMs)} ago${usual}.`);
}

/** Of the newest sweep that was fanned out, and whose parts had the time to run. */
function partsReasons({ runs, now }: SweepFacts): Reason[] {
  const begun = runs.find(
    ({ parts, startedAt }) => parts !== undefined && now.getTime() - startedAt.getTime() > LENIENCE_MS,
  );
  if (!begun?.parts) return [];
  const ran = new Set(
    runs.filter((run) => run.sweepId === begun.sweepId && run.parts === undefined).map((run) => run.partition),
  );
  const missing = begun.parts - ran.size;
  if (missing <= 0) return [];
  const ago = spanInWords(now.getTime() - begun.startedAt.getTime());
  return [
    {
      level: ran.size === 0 ? 'failing' : 'attention',
      section: 'sweeps',
      what:
        ran.size === 0
          ? `None of the ${counted(begun.parts, 'part')} of the sweep ${ago} ago ran.`
          : `${missing} of ${counted(begun.parts, 'part')} of the sweep ${ago} ago did not run.`,
      advice:
        'Check that the function sweepPartition is not disabled, that SWEEP_QUEUE and the connection are the same for the whole app, and ' +
        'the poison queue.',
    },
  ];
}
