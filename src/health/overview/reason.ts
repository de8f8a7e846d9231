import type { Check } from '../check.ts';

/** `failing`: sessions stay on the cluster's disks. `attention`: a person should know. */
export type Level = 'well' | 'attention' | 'failing';

/** A section of the page. */
export type Section = 'parts' | 'sweeps' | 'failures';

/** One thing that is not well. */
export interface Reason {
  level: Exclude<Level, 'well'>;
  /** Where the page shows more about it. */
  section: Section;
  what: string;
  advice?: string;
}

/** Whether all is well. */
export interface Verdict {
  level: Level;
  /** The worst first. */
  reasons: Reason[];
}

/** The level of the worst reason, and the reasons in the order of their levels. */
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

/** Parts that fail, or work with a warning. */
export function partReasons(checks: readonly Check[]): Reason[] {
  return checks.flatMap(({ name, status, detail, advice }): Reason[] => {
    const more = advice === undefined ? {} : { advice };
    const section = 'parts';
    if (status === 'failed')
      return [{ level: 'failing', section, what: `${PART[name]}: ${detail ?? 'failed.'}`, ...more }];
    return status === 'warning' && detail ? [{ level: 'attention', section, what: detail, ...more }] : [];
  });
}
