import { worstEnding } from '../../cleanup/combineRuns.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { isScheduled } from '../../cleanup/model/trigger.ts';
import type { Schedule } from '../../settings/schedule.ts';
import { counted, spanInWords } from '../../wire/words.ts';
import { lastSweep } from '../lastSweep.ts';
import { scheduleHealth } from '../scheduleHealth.ts';
import type { Reason } from './reason.ts';

/** What the recorded runs show about the sweeps. */
export interface SweepFacts {
  /** Newest first. */
  runs: readonly RunRecord[];
  now: Date;
  schedule: Schedule;
  /** When this process started; `undefined` if it is not the app itself. */
  upSince?: Date | undefined;
}

/** How long the parts of a sweep may take to start, and a first sweep to be recorded, in milliseconds. */
const TOLERANCE_MS = 10 * 60_000;

const CHECK_TIMER =
  'Check that the app runs, SWEEP_SCHEDULE, and that the function sweepStaleSessions is not disabled. If this is not the app ' +
  'itself, check that SESSION_STORAGE, RUN_TABLE and CLUSTER_NAME are the same as there.';

/** The reasons from the sweeps: how the last one ended, a schedule that no longer runs, and parts that never ran. */
export function sweepReasons(facts: SweepFacts): Reason[] {
  return [...endReasons(lastSweep(facts.runs.filter(countsForAll))), ...scheduleReasons(facts), ...partsReasons(facts)];
}

/**
 * Whether a run counts for the verdict: a scheduled one, or one on request that failed. A successful run on request must not hide a
 * failure of the schedule, unless it processed all sessions and its probe was good. A sweep for one owner often has nothing to do.
 */
function countsForAll(run: RunRecord): boolean {
  if (isScheduled(run)) return true;
  const { dryRun, stoppedBy, resumable, probe } = run;
  if (dryRun) return false;
  return STOP_REASONS[stoppedBy].severity === 'error' || (stoppedBy === 'completed' && !!resumable && !!probe);
}

function endReasons(sweep: RunRecord[]): Reason[] {
  const worst = worstEnding(sweep);
  if (!worst) return [];
  const { stoppedBy, error } = worst;
  const { severity, label, sentence, advice, ifRepeated } = STOP_REASONS[stoppedBy];
  if (severity === 'error') {
    const what = `The last sweep failed: ${error ?? sentence}`;
    return [{ level: 'failing', section: 'sweeps', what, ...(advice && { advice }) }];
  }
  if (!ifRepeated) return [];
  const what = `The last sweep: ${label.toLowerCase()}.`;
  return [{ level: 'attention', section: 'sweeps', what, advice: `The next sweep continues. ${ifRepeated}` }];
}

function scheduleReasons({ runs, now, schedule, upSince }: SweepFacts): Reason[] {
  const timer = scheduleHealth(runs, now);
  const attention = (what: string): Reason[] => [{ level: 'attention', section: 'sweeps', what, advice: CHECK_TIMER }];
  if (!timer) {
    const isNew = upSince && now.getTime() < schedule.next(upSince.getTime()) + TOLERANCE_MS;
    return isNew ? [] : attention('No scheduled sweep recorded.');
  }
  if (!timer.isOverdue) return [];
  const usual = timer.usualMs === undefined ? '' : `; usually there is one every ${spanInWords(timer.usualMs)}`;
  return attention(`The last scheduled sweep was ${spanInWords(timer.silentMs)} ago${usual}.`);
}

/** Checks the newest sweep that was fanned out and whose parts had time to run. */
function partsReasons({ runs, now }: SweepFacts): Reason[] {
  const begun = runs.find(
    ({ parts, startedAt }) => parts !== undefined && now.getTime() - startedAt.getTime() > TOLERANCE_MS,
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
