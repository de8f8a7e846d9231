import type { InvocationContext } from '@azure/functions';
import type { Planned } from '../../cleanup/model/outcome.ts';
import { logLine } from './connect.ts';

/** The maximum number of log lines. The run's summary counts the other sessions. */
const MAX_LINES = 100;

/** Logs what a dry run would do to each of the first sessions. */
export function logPlanned(context: InvocationContext): (planned: Planned) => void {
  let lines = 0;
  return (planned) => {
    lines += 1;
    if (lines <= MAX_LINES) context.log(logLine('Dry run:', planned));
    else if (lines === MAX_LINES + 1) context.log('Dry run: further sessions are not logged.');
  };
}
