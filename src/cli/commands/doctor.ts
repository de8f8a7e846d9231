import type { Command } from 'commander';
import { CHECK_NAMES } from '../../health/check.ts';
import type { CheckStatus } from '../../health/checkStatus.ts';
import { counted, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import type { Diagnosis, Finding } from '../doctor/diagnose.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { isTable } from '../format.ts';
import type { Output } from '../output.ts';
import { checkSpan } from '../styles.ts';

const EXAMPLES = ['upload-session-sweeper doctor', 'upload-session-sweeper doctor --json'];

const NAMES: Record<Finding['name'], string> = {
  ...CHECK_NAMES,
  certificate: 'client certificate',
  timer: 'timer',
  store: 'image store',
  sessions: 'sessions',
};

/** `doctor`: checks everything that a sweep depends on. */
export function describeDoctor(command: Command): void {
  command.description(
    'Checks the settings, the tables, the cluster, the credentials, how long the certificate is valid, the clocks, whether ' +
      'the timer still sweeps, the disk of the image store as the latest sweep found it, and the sessions. It shows how long ' +
      'each took to answer, what is wrong, and how to fix it. It changes nothing.',
  );
  common(command, EXAMPLES).action((options: CommonOptions) =>
    run(options, async ({ out, plan }) => {
      const { source, connect } = await plan();
      const { diagnose } = await import('../doctor/diagnose.ts');
      const diagnosis = await diagnose(connect, new Date());
      if (isTable(options)) print(diagnosis, source, out);
      else out.json(diagnosis);
      return exitCodeOf(diagnosis);
    }),
  );
}

function exitCodeOf({ status, checks }: Diagnosis): ExitCode {
  if (status === 'up') return EXIT.done;
  const wrongSettings = checks.some((check) => check.name === 'settings' && check.status === 'failed');
  return wrongSettings ? EXIT.wrongUsage : EXIT.failed;
}

const STATUS_WIDTH = 7;
const NAME_WIDTH = 18;
const LATENCY_WIDTH = 8;
const INDENT = 11;

function print({ checks }: Diagnosis, source: string, out: Output): void {
  out.paragraph(`Settings from ${source}.`);
  out.line('');
  for (const [n, check] of checks.entries()) printFinding(check, checks[n - 1], out);
  out.line('');
  const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  const counts = [failed > 0 ? `${failed} failed` : '', warnings > 0 ? counted(warnings, 'warning') : ''];
  const result = counts.filter(Boolean).join(', ');
  if (failed > 0) out.line({ text: `${result}.`, style: 'red' });
  else if (warnings > 0) out.line({ text: `The app works, with ${result}.`, style: 'yellow' });
  else out.line({ text: 'All checks passed.', style: 'green' });
}

function printFinding(check: Finding, before: Finding | undefined, out: Output): void {
  const { name, status, advice, latencyMs } = check;
  const detail = oneLine(check.detail ?? '');
  const isSame = detail !== '' && detail === before?.detail && advice === before.advice;
  const hasFacts = latencyMs !== undefined;
  // A detail that does not fit beside the name is printed below it.
  const fits = 2 + STATUS_WIDTH + NAME_WIDTH + 4 + detail.length <= out.columns;
  const about = status === 'ok' && !hasFacts && fits ? detail : clockInWords(check);
  out.row(
    [
      { spans: [checkSpan(status)], width: STATUS_WIDTH },
      { spans: [NAMES[name]], width: NAME_WIDTH },
      ...(hasFacts ? [{ spans: [`${latencyMs} ms`], width: LATENCY_WIDTH }] : []),
      { spans: [about] },
    ],
    2,
  );
  if (isSame) out.paragraph('Same as above.', INDENT);
  else {
    if (detail && detail !== about) out.paragraph(detail, INDENT);
    if (advice) out.paragraph(`Advice: ${oneLine(advice)}`, INDENT);
  }
}

function clockInWords({ clockSkewMs }: Finding): string {
  if (clockSkewMs === undefined) return '';
  const seconds = clockSkewMs / 1000;
  return seconds === 0 ? 'clock in sync' : `clock ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
}
