import type { Overview } from './overview.ts';
import { type Reason, verdictOf } from './verdict.ts';

/** The section of the page that shows more of a reason. */
export type Section = 'parts' | 'sweeps' | 'failures';

const QUIET = { count: 0, more: false };

/** Adds to each reason of a verdict where the page shows more: which part of the overview alone gives it, too. */
export function sectionsOf(reasons: readonly Reason[], overview: Overview): (Reason & { section: Section })[] {
  const { readAt } = overview;
  const quiet: Overview = {
    ...overview,
    health: { status: 'up', checks: [] },
    sessions: {
      value: {
        countedAt: readAt,
        counts: { stale: QUIET, waiting: QUIET, givenUp: QUIET, active: QUIET },
        oldestStale: undefined,
      },
    },
    history: { value: { runs: [] } },
  };
  const given = (part: Partial<Overview>) => verdictOf({ ...quiet, ...part }).reasons.map(({ what }) => what);
  const ofNothing = given({});
  const ofHealth = given({ health: overview.health }).filter((what) => !ofNothing.includes(what));
  const ofSessions = given({ sessions: overview.sessions }).filter((what) => !ofNothing.includes(what));
  return reasons.map((reason) => {
    if (ofHealth.includes(reason.what)) return { ...reason, section: 'parts' };
    return { ...reason, section: ofSessions.includes(reason.what) ? 'failures' : 'sweeps' };
  });
}
