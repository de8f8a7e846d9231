import { type Command, Option } from 'commander';
import { type ListQuery, listSessions } from '../../cleanup/listSessions.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { olderThanRules } from '../../cleanup/stale.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { STATES } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { agoInWords, counted, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { isTable, listPrinter } from '../format.ts';
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

const EXAMPLES = [
  'upload-session-sweeper list --state stale --older-than 1h',
  'upload-session-sweeper list --state givenUp --ids | upload-session-sweeper retry',
];

/** `list`: the registered upload sessions. */
export function describeList(command: Command): void {
  command
    .description(
      'Lists the registered upload sessions in the order of their ids. It does not ask the cluster. The stale sessions are ' +
        'exactly those that a sweep with the same --older-than takes.',
    )
    .addOption(new Option('--state <state>', 'only sessions in this state').choices(['all', ...STATES]).default('all'))
    .option('--older-than <duration>', 'without activity for this long is stale (default: STALE_AFTER)', olderThanValue)
    .option('--limit <n>', 'the most sessions to list; 0: all', limitValue, 0)
    .addOption(
      new Option('--ids', 'only the session ids, one a line; rows whose key is not a GUID are left out').conflicts([
        'json',
        'output',
      ]),
    );
  common(command, EXAMPLES).action((options: ListOptions) =>
    run(options, async ({ out, err, connect }) => {
      const { storage, sweepRules } = await connect();
      const now = new Date();
      const rules = olderThanRules(sweepRules, options.olderThan ?? sweepRules.staleAfterMs);
      const printer = options.ids ? idPrinter(out) : listPrinter(out, options, sessionTable(out, now));
      const { printed, more } = await printPages<SessionItem>(
        out,
        options.limit,
        async (limit, after) => {
          const page = await listSessions(storage, { state: options.state, limit, after }, now, rules, () => false);
          return { ...page, items: page.items.map(({ session, state }) => toSessionItem(session, now, rules, state)) };
        },
        printer,
      );
      const which = options.state === 'all' ? '' : ` (${options.state})`;
      if (isTable(options) && !options.ids) err.line(listEnd(`${counted(printed, 'upload session')}${which}`, more));
      return EXIT.done;
    }),
  );
}

function idPrinter(out: Output) {
  return {
    print: ({ sessionId }: SessionItem) => {
      if ('id' in parseSessionId(sessionId)) out.line(sessionId);
    },
    end: () => {},
  };
}

function sessionTable(out: Output, now: Date): (session: SessionItem) => void {
  return startTable<SessionItem>(
    out,
    [
      { title: 'SESSION', width: 36, cell: ({ sessionId }) => sessionId },
      { title: 'STATE', width: 7, cell: ({ state }) => stateSpan(state) },
      { title: 'LAST ACTIVITY', width: 13, cell: ({ lastActivity }) => agoInWords(lastActivity, now) },
      {
        title: 'WHAT',
        cell: ({ storeRelativePath, owner }) => [storeRelativePath, owner && `by ${owner}`].filter(Boolean).join(', '),
      },
    ],
    lastErrorOf,
  );
}

/** Why a session is not cleaned up although it is stale. One whose next attempt is due is stale again. */
function lastErrorOf({ state, lastError, attempts }: SessionItem): string {
  if (!lastError || state === 'active') return '';
  return `${attempts > 0 ? `Failed ${counted(attempts, 'time')}: ` : ''}${oneLine(lastError)}`;
}
