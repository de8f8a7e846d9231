import type { InvocationContext } from '@azure/functions';
import type { Planned } from '../../cleanup/model/outcome.ts';
import { logLine } from './connect.ts';

/** Maximum number of log lines: a log is not a table, and the run's summary covers the rest. */
const MOST_LINES = 100;

/** Writes what a dry run would do to each of the first sessions into an invocation's log. */
export function logPlanned(context: InvocationContext): (planned: Planned) => void {
  let lines = 0;
  return (planned) => {
    lines += 1;
    if (lines <= MOST_LINES) context.log(logLine('Dry run:', planned));
    else if (lines === MOST_LINES + 1) context.log('Dry run: further sessions are not logged.');
  };
}
