import type { Check } from '../check.ts';

/** `failing`: sessions stay on the cluster's disks. `attention`: needs attention, but sweeps work. */
export type Level = 'well' | 'attention' | 'failing';

/** A section of the page. */
export type Section = 'parts' | 'sweeps' | 'failures';

/** A reason for a level other than `well`. */
export interface Reason {
  level: Exclude<Level, 'well'>;
  /** Where the page shows more about it. */
  section: Section;
  what: string;
  advice?: string;
}

/** The overall state of the app. */
export interface Verdict {
  level: Level;
  /** Worst first. */
  reasons: Reason[];
}

/** Makes a verdict of reasons: its level is that of the worst, and the reasons are ordered by level. */
export function toVerdict(reasons: readonly Reason[]): Verdict {
  const failing = reasons.filter(({ level }) => level === 'failing');
  const others = reasons.filter(({ level }) => level === 'attention');
  const level = failing.length > 0 ? 'failing' : others.length > 0 ? 'attention' : 'well';
  return { level, reasons: [...failing, ...others] };
}

const PART: Record<Check['name'], string> = {
  settings: 'The settings',
  sessionTable: 'The table of sessions',
  outcomeTable: 'The table of outcomes',
  runTable: 'The table of runs',
  cluster: 'The cluster',
  credentials: 'The credentials',
};

/** The reasons from parts that fail, or have a warning. */
export function partReasons(checks: readonly Check[]): Reason[] {
  return checks.flatMap(({ name, status, detail, advice }): Reason[] => {
    const more = advice === undefined ? {} : { advice };
    const section = 'parts';
    if (status === 'failed')
      return [{ level: 'failing', section, what: `${PART[name]}: ${detail ?? 'failed.'}`, ...more }];
    return status === 'warning' && detail ? [{ level: 'attention', section, what: detail, ...more }] : [];
  });
}
