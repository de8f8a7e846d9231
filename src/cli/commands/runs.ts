import type { Command } from 'commander';
import type { RunItem } from '../../wire/schemas.ts';
import { keptWithin } from '../../wire/timeSpan.ts';
import { toRunItem } from '../../wire/toWire.ts';
import { bytesInWords, counted, instantInWords, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { instantValue, limitValue } from '../optionValues.ts';
import type { Span } from '../output.ts';
import { listEnd, printPages } from '../pages.ts';
import { type Column, startTable } from '../table.ts';

interface RunsOptions extends CommonOptions {
  since?: Date;
  until?: Date;
  limit: number;
}

const DEFAULT_LIMIT = 20;

const EXAMPLES = ['upload-session-sweeper runs', 'upload-session-sweeper runs --since 24h --json'];

/** `runs`: the sweeps. */
export function addRuns(program: Command): void {
  const command = program
    .command('runs')
    .summary('list the sweeps')
    .description('Lists the sweeps, the newest first; dry runs are among them and say so. Kept for OUTCOME_RETENTION.')
    .option('--since <time>', 'only those that began then or later: a time, a day, or how long ago', instantValue)
    .option('--until <time>', 'only those that began then or earlier', instantValue)
    .option('--limit <n>', 'most sweeps to list; 0: all', limitValue, DEFAULT_LIMIT);
  common(command, EXAMPLES).action((options: RunsOptions) =>
    run(options, async ({ out, err, connect }) => {
      const { storage, settings } = await connect();
      const time = keptWithin(options, new Date(), settings.outcomeRetentionMs);
      const columns: Column<RunItem>[] = [
        { title: 'BEGAN', width: 20, cell: ({ startedAt }) => instantInWords(startedAt) },
        { title: 'BY', width: 5, cell: ({ trigger }) => trigger },
        { title: 'TOOK', width: 7, cell: ({ durationMs }) => `${(durationMs / 1000).toFixed(1)} s` },
        { title: 'ENDED', width: 18, cell: ended },
        { title: 'OUTCOMES', cell: about },
      ];
      const row = startTable(out, columns, ({ error }) => oneLine(error ?? ''));
      const { printed, more } = await printPages<RunItem>(
        out,
        options.limit,
        async (limit, after) => {
          const page = await storage.listRuns(settings.cluster.name, time, limit, after);
          return { ...page, items: page.items.map(toRunItem) };
        },
        options.json ? out.json : row,
      );
      if (!options.json) err.line(listEnd(counted(printed, 'sweep'), more));
      return EXIT.done;
    }),
  );
}

function ended({ stoppedBy }: RunItem): Span {
  if (stoppedBy === 'completed') return { text: stoppedBy, style: 'green' };
  return ['timeBudget', 'limit', 'aborted'].includes(stoppedBy) ? stoppedBy : { text: stoppedBy, style: 'red' };
}

function about({ outcomes, bytesFreed, bytesToFree, dryRun }: RunItem): string {
  const counts = Object.entries(outcomes).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []));
  const bytes = dryRun ? (bytesToFree ?? 0) : bytesFreed;
  const freed = bytes > 0 ? `${bytesInWords(bytes)}${dryRun ? ' to free' : ''}` : '';
  const facts = [...(counts.length > 0 ? counts : ['none']), freed].filter(Boolean).join(', ');
  return dryRun ? `dry run: ${facts}` : facts;
}
