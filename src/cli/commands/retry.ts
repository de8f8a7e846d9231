import type { Command } from 'commander';
import { retrySession } from '../../cleanup/editSession.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSessionIds } from '../sessionIds.ts';
import { stateSpan } from '../styles.ts';

const EXAMPLES = [
  'upload-session-sweeper retry 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper list --state givenUp --ids | upload-session-sweeper retry',
];

/** `retry`: takes given-up upload sessions up again. */
export function addRetry(program: Command): void {
  const command = program
    .command('retry')
    .summary('take given-up upload sessions up again')
    .description(
      'Takes upload sessions up again that were given up or wait for their next attempt: the next sweep takes them, if they are ' +
        'still stale then. Any other is left as it is. Without arguments, or with -, the session ids are read from standard ' +
        'input, one a line.',
    )
    .argument('[guid...]', 'their session ids');
  common(command, EXAMPLES).action((given: string[], options: CommonOptions) =>
    run(options, async ({ out, err, connect }) => {
      const ids = await readSessionIds(given);
      const { direct, sweepRules } = await connect();
      let code: ExitCode = EXIT.done;
      for (const id of ids) {
        const now = new Date();
        const session = await retrySession(direct, id, now, sweepRules);
        if (!session) {
          err.line(`${id}  not registered: it was settled, or never was`);
          code = EXIT.notFound;
          continue;
        }
        const item = toSessionItem(session, now, sweepRules);
        if (options.json) out.json(item);
        else out.line(`${id}  `, stateSpan(item.state));
      }
      return code;
    }),
  );
}
