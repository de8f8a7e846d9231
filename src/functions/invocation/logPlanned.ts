import type { InvocationContext } from '@azure/functions';
import type { Planned } from '../../cleanup/model/outcome.ts';
import { logLine } from './connect.ts';

/** A log is no table: beyond so many sessions the run's summary has to do. */
const MOST_LINES = 100;

/** Writes what a dry run would do to each of the first sessions into an invocation's log. */
export function logPlanned(context: InvocationContext): (planned: Planned) => void {
  let lines = 0;
  return (planned) => {
    lines += 1;
    if (lines <= MOST_LINES) context.log(logLine('Dry run:', planned));
    else if (lines === MOST_LINES + 1) context.log('Dry run: further sessions are left out of this log.');
  };
}
