import type { Overview } from './overview.ts';
import { partReasons, type Reason, toVerdict, type Verdict } from './reason.ts';
import { sessionReasons } from './sessionReasons.ts';
import { storeReasons } from './storeReasons.ts';
import { sweepReasons } from './sweepReasons.ts';

export type { Level, Reason, Verdict } from './reason.ts';

/** Decides whether all is well, and gives the reasons if not. */
export function verdictOf({
  health,
  sessions,
  history,
  readAt: now,
  timer: schedule,
  upSince,
  staleAfterMs,
}: Overview): Verdict {
  const unread = (what: string): Reason => ({
    ...{ level: 'failing', section: 'parts', what },
    advice: 'Check the parts that the app depends on, and the log of this invocation.',
  });
  const runs = 'error' in history ? undefined : history.value.runs;
  return toVerdict([
    ...partReasons(health.checks),
    ...('error' in sessions ? [unread('The sessions could not be read.')] : []),
    ...(runs ? sweepReasons({ runs, now, schedule, upSince }) : [unread('Sweeps and outcomes could not be read.')]),
    ...('error' in sessions ? [] : sessionReasons({ sessions: sessions.value, runs, now, schedule, staleAfterMs })),
    ...storeReasons(runs ?? []),
  ]);
}
