import { type Command, Option } from 'commander';
import type { SessionId } from '../../cleanup/model/sessionId.ts';
import { outcomePage } from '../../wire/outcomePage.ts';
import type { OutcomeItem } from '../../wire/schemas.ts';
import { OUTCOMES } from '../../wire/schemas.ts';
import { counted } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { isTable, listPrinter } from '../format.ts';
import { instantValue, limitValue, sessionIdValue } from '../optionValues.ts';
import { outcomeTable } from '../outcomeTable.ts';
import { listEnd, printPages } from '../pages.ts';

interface OutcomesOptions extends CommonOptions {
  since?: Date;
  until?: Date;
  outcome?: string;
  session?: SessionId;
  limit: number;
}

const DEFAULT_LIMIT = 100;

const EXAMPLES = [
  'upload-session-sweeper outcomes --outcome failed --since 24h',
  'upload-session-sweeper outcomes --since 7d --limit 0 --json > week.jsonl',
];

/** `outcomes`: how cleanups ended. */
export function describeOutcomes(command: Command): void {
  command
    .description('Lists how cleanups ended, those of the newest runs first. They are kept for OUTCOME_RETENTION.')
    .option('--since <time>', 'only of runs that began then or later: a time, a day, or how long ago', instantValue)
    .option('--until <time>', 'only of runs that began then or earlier', instantValue)
    .addOption(new Option('--outcome <outcome>', 'only cleanups with this outcome').choices(OUTCOMES))
    .option('--session <guid>', 'only those of this upload session', sessionIdValue)
    .option('--limit <n>', 'the most outcomes to list; 0: all', limitValue, DEFAULT_LIMIT);
  common(command, EXAMPLES).action((options: OutcomesOptions) =>
    run(options, async ({ out, err, connect }) => {
      const app = await connect();
      const { since, until, outcome, session: sessionId } = options;
      const { printed, more } = await printPages<OutcomeItem>(
        out,
        options.limit,
        (limit, after) => outcomePage(app, { since, until, outcome, sessionId }, limit, after),
        listPrinter(out, options, outcomeTable(out, new Date())),
      );
      if (isTable(options)) err.line(listEnd(counted(printed, 'outcome'), more));
      return EXIT.done;
    }),
  );
}
