import type { Command } from 'commander';
import { retrySession } from '../../cleanup/editSession.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { listPrinter } from '../format.ts';
import { MOST_SESSION_IDS, NO_SESSION_IDS, readSessionIds } from '../sessionIds.ts';
import { stateSpan } from '../styles.ts';

const EXAMPLES = [
  'upload-session-sweeper retry 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper list --state givenUp --ids | upload-session-sweeper retry',
];

/** `retry`: has the next sweep retry sessions that failed. */
export function describeRetry(command: Command): void {
  command
    .description(
      'Schedules upload sessions that were given up, or that are waiting for their next attempt, for the next sweep. Their ' +
        'attempts are counted from zero again. Other sessions are left as they are. Without arguments, or with -, the session ' +
        'ids are read from standard input, one a line.',
    )
    .argument('[guid...]', 'the session ids');
  common(command, EXAMPLES).action((given: string[], options: CommonOptions) =>
    run(options, async ({ out, err, connect }) => {
      const ids = await readSessionIds(given, MOST_SESSION_IDS);
      if (!ids) err.line(NO_SESSION_IDS);
      const { direct, sweepRules } = await connect();
      const printer = listPrinter<SessionItem>(out, options, ({ sessionId, state }) => {
        if (state === 'stale') out.line(`${sessionId}: retry scheduled for the next sweep`);
        else out.line(`${sessionId}: `, stateSpan(state), ', left as it is');
      });
      let code: ExitCode = EXIT.done;
      for (const id of ids ?? []) {
        const now = new Date();
        const session = await retrySession(direct, id, now, sweepRules);
        if (session) printer.print(toSessionItem(session, now, sweepRules));
        else {
          err.line(`${id} not found: it is not registered, or was already cleaned up`);
          code = EXIT.notFound;
        }
      }
      printer.end();
      return code;
    }),
  );
}
