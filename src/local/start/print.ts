import type { ExampleSession } from './exampleSessions.ts';
import type { FirstSweep } from './firstSweep.ts';
import type { StartedCluster } from './startCluster.ts';

const MIB = 1_048_576;
const LABEL_WIDTH = 20;

const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** The addresses and files of what was started. */
export interface StartedParts {
  /** The addresses of the hosts. The first one serves the page. */
  hosts: string[];
  cluster: Pick<StartedCluster, 'gateway' | 'authentication'>;
  /** The hosts' log; `undefined` if it is printed, or the program ends after the first sweep. */
  logFile?: string | undefined;
}

/** The parts and their addresses, the page first. */
export function describeParts({ hosts, cluster, logFile }: StartedParts): string {
  const [first = '', ...others] = hosts;
  const line = (label: string, value: string) => `${label.padEnd(LABEL_WIDTH)} ${value}`;
  const ports = others.map((host) => new URL(host).port).join(', ');
  const [authentication, ...moreAuthentication] = cluster.authentication;
  return [
    line('Page for operators', `${first}/api/dashboard`),
    others.length > 0 ? line('Functions hosts', `${first}, and on ports ${ports}`) : line('Functions host', first),
    ...(logFile ? [line('Log', logFile)] : []),
    line('Simulated cluster', `${cluster.gateway}${moreAuthentication.length === 0 ? `, ${authentication}` : ''}`),
    ...(moreAuthentication.length === 0 ? [] : cluster.authentication.map((text) => line('', text))),
  ].join('\n');
}

/** Describes the first sweep: one line for all sessions of the same kind and outcome. */
export function sweepReport(
  examples: ExampleSession[],
  sweep: FirstSweep,
  disk: { before: number; after: number },
): string {
  const rows = new Map<string, number>();
  for (const { sessionId, what, expected } of examples) {
    const outcome = sweep.outcomes.get(sessionId);
    const mismatch = outcome === expected ? '' : `   <- expected: ${expected ?? 'not touched'}`;
    const row = `${what.padEnd(42)}  ${outcome ?? '(not touched)'}${mismatch}`;
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }
  const parts = sweep.parts === undefined ? '' : ` in ${sweep.parts} parts, shared by the hosts`;
  const seconds = (sweep.durationMs / 1000).toFixed(1);
  return [
    `First sweep: ${sweep.stoppedBy}${parts}, after ${seconds} s.${sweep.error ? ` ${sweep.error}` : ''}`,
    ...[...rows].map(([row, count]) => `  ${count}  ${row}`),
    `Staged on the cluster's disk: ${mebibytes(disk.before)} before, ${mebibytes(disk.after)} after; ` +
      `${mebibytes(sweep.bytesFreed)} freed.`,
  ].join('\n');
}

/** Commands to try next. */
export function nextSteps({ settingsFile, commandsFile }: { settingsFile: string; commandsFile: string }): string {
  return [
    'Try next, in another terminal in this directory:',
    `  ${cli('doctor', settingsFile)}`,
    `  ${cli('list --state all', settingsFile)}`,
    `  cat ${quoted(commandsFile)}    # more commands`,
    'Sweeps every 5 minutes. Press Ctrl-C to stop everything.',
  ].join('\n');
}

/** A command of the app's command line. */
export function cli(command: string, settingsFile: string): string {
  return `npm run -s cli -- ${command} --settings ${quoted(settingsFile)}`;
}

/** Quotes a word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
