import type { ExampleSession } from './exampleSessions.ts';
import type { FirstSweep } from './firstSweep.ts';

const MIB = 1_048_576;

export const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** What the first sweep found and did, for a person. */
export function sweepReport(
  examples: ExampleSession[],
  sweep: FirstSweep,
  disk: { before: number; after: number },
): string {
  const rows = examples.map(({ sessionId, what, expected }) => {
    const outcome = sweep.outcomes.get(sessionId);
    const surprise = outcome === expected ? '' : `   <- expected: ${expected ?? 'not touched'}`;
    return `  ${sessionId.padEnd(36)}  ${what.padEnd(42)}  ${outcome ?? '(not touched)'}${surprise}`;
  });
  return [
    `  ${'upload session'.padEnd(36)}  ${'what it is'.padEnd(42)}  outcome`,
    ...rows,
    '',
    `The sweep ended: ${sweep.stoppedBy}, after ${(sweep.durationMs / 1000).toFixed(1)} s.${sweep.error ? ` ${sweep.error}` : ''}`,
    `Staged chunks on the cluster's disk: ${mebibytes(disk.before)} before, ${mebibytes(disk.after)} after; ` +
      `${mebibytes(disk.before - disk.after)} freed, ${mebibytes(sweep.bytesFreed)} of them by the sweep's own count.`,
  ].join('\n');
}

/** Where a newcomer finds what was started. */
export interface Places {
  host: string;
  /** The listener that steers the cluster. */
  cluster: string;
  /** The settings of this app, for the command line. */
  settingsFile: string;
}

/** What a newcomer can try next. The lines work when pasted. */
export function nextSteps({ host, cluster, settingsFile }: Places, examples: ExampleSession[]): string {
  const sessions = `${host}/api/upload-sessions`;
  const id = (start: string) => examples.find(({ what }) => what.startsWith(start))?.sessionId ?? '';
  const fresh = id('fresh');
  const failing = id('abandoned, and');
  const cli = (line: string) => `  npm run --silent cli -- ${line} --settings '${settingsFile}'`;
  return [
    `The page for operators: ${host}/api/dashboard`,
    '',
    'Try next, in another terminal:',
    '',
    '  # leaves a session alone that is still active (409)',
    `  curl -i -X DELETE '${sessions}/${id('stale in the table')}?onlyIfStale=true'`,
    '  # deletes one now (200, deleted); the same again finds nothing to do (200, notFound)',
    `  curl -i -X DELETE '${sessions}/${fresh}'`,
    '  # is no session id (400)',
    `  curl -i -X DELETE '${sessions}/${fresh.slice(0, -1)}x'`,
    '  # says what a sweep would do now, and then does it',
    `  curl -X POST -H 'content-type: application/json' -d '{"dryRun": true, "olderThan": "1m"}' '${host}/api/sweeps'`,
    `  curl -X POST -H 'content-type: application/json' -d '{}' '${host}/api/sweeps'`,
    '  # shows what became of every session, and how all parts are',
    `  curl '${host}/api/outcomes'`,
    `  curl '${host}/api/health/details'`,
    '  # the same for people',
    cli('doctor'),
    cli('list --state all'),
    '  # the session that the cluster fails on: see why, mend the cluster, take the session up again, sweep',
    cli(`show ${failing}`),
    `  curl -X DELETE '${cluster}/faults'`,
    cli(`retry ${failing}`),
    cli('sweep'),
  ].join('\n');
}
