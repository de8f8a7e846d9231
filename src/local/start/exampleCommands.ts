import type { ExampleSession } from './exampleSessions.ts';
import { cli } from './print.ts';

/** The addresses in the commands. */
export interface CommandTargets {
  host: string;
  /** The listener that controls the cluster. */
  control: string;
  /** The app's settings, for the command line. */
  settingsFile: string;
}

/** The shortest accepted duration. Below STALE_AFTER it must be confirmed with `belowStaleAfter`. */
const SWEPT = { olderThan: '1m', belowStaleAfter: true };

/** Commands that show what the app does, with the expected results. They must be pasted one by one, in this order. */
export function exampleCommands({ host, control, settingsFile }: CommandTargets, examples: ExampleSession[]): string {
  const sessions = `${host}/api/upload-sessions`;
  const id = (start: string) => examples.find(({ what }) => what.startsWith(start))?.sessionId ?? '';
  const fresh = id('fresh');
  const failing = id('abandoned, but');
  const post = (body: object) =>
    `curl -X POST -H 'content-type: application/json' -d '${JSON.stringify(body)}' '${host}/api/sweeps'`;
  return `# Paste these lines one by one into a terminal, in the project's directory, while "npm start" runs.

# Deletes one session now (200, deleted). Repeated, it does not find the session (200, notFound).
curl -i -X DELETE '${sessions}/${fresh}'
# This is not a session id (400).
curl -i -X DELETE '${sessions}/${fresh.slice(0, -1)}x'

# A dry run of a sweep of all sessions without activity for a minute, then the sweep itself.
${post({ dryRun: true, ...SWEPT })}
${post(SWEPT)}

# The outcome of every session, and the state of all parts.
curl '${host}/api/outcomes'
curl '${host}/api/health/details'

# One session fails because of a simulated fault (lost write quorum): show why, remove the fault, retry and sweep.
${cli(`show ${failing}`, settingsFile)}
curl -X DELETE '${control}/faults'
${cli(`retry ${failing}`, settingsFile)}
${cli('sweep', settingsFile)}

# Three hosts that share each sweep. Press Ctrl-C in the terminal of "npm start" first; Ctrl-C also stops the three hosts.
npm start -- --hosts 3
`;
}
