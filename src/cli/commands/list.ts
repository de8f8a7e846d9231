import { type Command, Option } from 'commander';
import { type ListQuery, listSessions } from '../../cleanup/listSessions.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { agoInWords, counted, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { limitValue, olderThanValue } from '../optionValues.ts';
import type { Output } from '../output.ts';
import { listEnd, printPages } from '../pages.ts';
import { stateSpan } from '../styles.ts';
import { startTable } from '../table.ts';

interface ListOptions extends CommonOptions {
  state: ListQuery['state'];
  olderThan?: number;
  limit: number;
  ids?: boolean;
}

const STATES = ['all', 'active', 'stale', 'waiting', 'givenUp'] satisfies ListQuery['state'][];

const EXAMPLES = [
  'upload-session-sweeper list --state stale --older-than 1h',
  'upload-session-sweeper list --state givenUp --ids | upload-session-sweeper retry',
];

/** `list`: the registered upload sessions. */
export function addList(program: Command): void {
  const command = program
    .command('list')
    .summary('list the registered upload sessions')
    .description(
      'Lists the registered upload sessions in the order of their ids. Those that are stale are those that a sweep with ' +
        'the same --older-than takes. The cluster is not asked.',
    )
    .addOption(new Option('--state <state>', 'only sessions in this state').choices(STATES).default('all'))
    .option('--older-than <duration>', 'without activity for this long is stale (default: STALE_AFTER)', olderThanValue)
    .option('--limit <n>', 'most sessions to list; 0: all', limitValue, 0)
    .addOption(
      new Option('--ids', 'only the session ids, one a line; leaves row keys out that are none').conflicts('json'),
    );
  common(command, EXAMPLES).action((options: ListOptions) =>
    run(options, async ({ out, err, connect }) => {
      const { storage, sweepRules } = await connect();
      const now = new Date();
      const rules = olderThanRules(sweepRules, options.olderThan ?? sweepRules.staleAfterMs);
      const { printed, more } = await printPages(
        out,
        options.limit,
        (limit, after) => listSessions(storage, { state: options.state, limit, after }, now, rules, () => false),
        printer(out, options, now, (one) => toSessionItem(one.session, now, rules, one.state)),
      );
      const which = options.state === 'all' ? '' : ` (${options.state})`;
      if (!options.json && !options.ids) err.line(listEnd(`${counted(printed, 'upload session')}${which}`, more));
      return EXIT.done;
    }),
  );
}

type Listed = Awaited<ReturnType<typeof listSessions>>['items'][number];

function printer(
  out: Output,
  { json, ids }: ListOptions,
  now: Date,
  toItem: (one: Listed) => SessionItem,
): (one: Listed) => void {
  if (ids) {
    return ({ session }) => {
      if ('id' in parseSessionId(session.rowKey)) out.line(session.rowKey);
    };
  }
  if (json) return (one) => out.json(toItem(one));
  const row = startTable<SessionItem>(
    out,
    [
      { title: 'SESSION', width: 36, cell: ({ sessionId }) => sessionId },
      { title: 'STATE', width: 7, cell: ({ state }) => stateSpan(state) },
      { title: 'LAST ACTIVE', width: 11, cell: ({ lastActivity }) => agoInWords(lastActivity, now) },
      {
        title: 'WHAT',
        cell: ({ storeRelativePath, owner }) => [storeRelativePath, owner].filter(Boolean).join(', by '),
      },
    ],
    whyNot,
  );
  return (one) => row(toItem(one));
}

/** Why a session is not cleaned up, though it is stale. */
function whyNot({ state, lastError, attempts }: SessionItem): string {
  if (!lastError || (state !== 'givenUp' && state !== 'waiting')) return '';
  return `${attempts > 0 ? `Failed ${attempts} times: ` : ''}${oneLine(lastError)}`;
}
