import type { Command } from 'commander';
import type { SweepOverviewItem } from '../../wire/schemas.ts';
import { sweepPage } from '../../wire/sweepPage.ts';
import { counted } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { isTable, listPrinter } from '../format.ts';
import { instantValue, limitValue } from '../optionValues.ts';
import { listEnd, printPages } from '../pages.ts';
import { sweepTable } from '../sweepTable.ts';

interface SweepsOptions extends CommonOptions {
  since?: Date;
  until?: Date;
  limit: number;
  parts?: boolean;
}

const DEFAULT_LIMIT = 20;

const EXAMPLES = [
  'upload-session-sweeper sweeps',
  'upload-session-sweeper sweeps --since 24h --parts',
  'upload-session-sweeper sweeps --since 24h --json',
];

/** `sweeps`: what the sweeps did. */
export function describeSweeps(command: Command): void {
  command
    .description(
      'Lists the sweeps, the newest first, dry runs among them. A sweep that was fanned out is one line with the sums of its ' +
        'parts, and --parts shows these below it. In JSON every sweep has its runs. Sweeps are kept for OUTCOME_RETENTION.',
    )
    .option('--since <time>', 'only those that began then or later: a time, a day, or how long ago', instantValue)
    .option('--until <time>', 'only those that began then or earlier', instantValue)
    .option('--limit <n>', 'the most sweeps to list; 0: all', limitValue, DEFAULT_LIMIT)
    .option('--parts', 'also show the parts of sweeps that were fanned out');
  common(command, EXAMPLES).action((options: SweepsOptions) =>
    run(options, async ({ out, err, connect }) => {
      const app = await connect();
      const now = new Date();
      const { printed, more } = await printPages<SweepOverviewItem>(
        out,
        options.limit,
        (most, after) => sweepPage(app, options, most, after),
        listPrinter(out, options, sweepTable(out, now, options.parts === true)),
      );
      if (isTable(options)) err.line(listEnd(counted(printed, 'sweep'), more));
      return EXIT.done;
    }),
  );
}
