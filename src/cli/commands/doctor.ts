import type { Command } from 'commander';
import { counted, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import type { Diagnosis, Finding } from '../doctor/diagnose.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import type { Output } from '../output.ts';
import { stateSpan } from '../styles.ts';

const EXAMPLES = ['upload-session-sweeper doctor', 'upload-session-sweeper doctor --json'];

const NAMES: Record<Finding['name'], string> = {
  settings: 'settings',
  sessionTable: 'table of sessions',
  outcomeTable: 'table of outcomes',
  runTable: 'table of runs',
  cluster: 'cluster',
  credentials: 'credentials',
  certificate: 'client certificate',
  timer: 'timer',
  sessions: 'sessions',
};

/** `doctor`: looks at everything that a sweep depends on. */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('look at everything that a sweep depends on')
    .description(
      'Looks at the settings, the tables, the cluster, the credentials and how long the certificate is valid, the clocks, and ' +
        'whether the timer still sweeps; says how long each took to answer, what is wrong, and what to do. It changes nothing.',
    );
  common(command, EXAMPLES).action((options: CommonOptions) =>
    run(options, async ({ out, plan }) => {
      const { source, connect } = await plan();
      // Loaded here, with the storage library: a help text need not wait for it.
      const { diagnose } = await import('../doctor/diagnose.ts');
      const diagnosis = await diagnose(connect, new Date());
      if (options.json) out.json(diagnosis);
      else print(diagnosis, source, out);
      return exitCodeOf(diagnosis);
    }),
  );
}

function exitCodeOf({ status, checks }: Diagnosis): ExitCode {
  if (status === 'up') return EXIT.done;
  const wrongSettings = checks.some((check) => check.name === 'settings' && check.status === 'failed');
  return wrongSettings ? EXIT.wrongUsage : EXIT.failed;
}

const INDENT = 11;
const NAME_WIDTH = 20;

function print({ checks }: Diagnosis, source: string, out: Output): void {
  out.paragraph(`Settings from ${source}.`);
  out.line('');
  for (const [n, check] of checks.entries()) printFinding(check, checks[n - 1], out);
  out.line('');
  const count = (status: Finding['status']) => checks.filter((check) => check.status === status).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  const said = [failed > 0 ? `${failed} failed` : '', warnings > 0 ? counted(warnings, 'warning') : ''].filter(Boolean);
  if (failed > 0) out.line({ text: `${said.join(', ')}.`, style: 'red' });
  else if (warnings > 0) out.line({ text: `It works, with ${said.join()}.`, style: 'yellow' });
  else out.line({ text: 'All is well.', style: 'green' });
}

function printFinding(check: Finding, before: Finding | undefined, out: Output): void {
  const { name, status, advice } = check;
  const detail = oneLine(check.detail ?? '');
  const head = [...facts(check)];
  const isShort = status === 'ok' && head.length === 0 && INDENT + NAME_WIDTH + detail.length < out.columns;
  if (isShort) head.push(detail);
  const shown = head.join('').trimEnd();
  out.line(
    '  ',
    stateSpan(status),
    ' '.repeat(INDENT - 2 - status.length),
    NAMES[name].padEnd(shown ? NAME_WIDTH : 0),
    shown,
  );
  if (detail && detail === before?.detail && advice === before.advice) {
    out.paragraph('The same as above.', INDENT);
    return;
  }
  if (detail && !isShort) out.paragraph(detail, INDENT);
  if (advice) out.paragraph(`Advice: ${oneLine(advice)}`, INDENT);
}

/** How long it took to answer, and how its clock stands. */
function facts({ latencyMs, clockSkewMs }: Finding): string[] {
  const latency = latencyMs === undefined ? [] : [`${latencyMs} ms`.padEnd(9)];
  if (clockSkewMs === undefined) return latency;
  const seconds = clockSkewMs / 1000;
  return [
    ...latency,
    seconds === 0 ? 'clock as ours' : `clock ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
  ];
}
