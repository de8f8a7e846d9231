import type { Command } from 'commander';
import pMap from 'p-map';
import { type Registration, registerSession } from '../../cleanup/editSession.ts';
import type { SessionId } from '../../cleanup/model/sessionId.ts';
import type { App } from '../../composition/app.ts';
import { lastActivityError, storeRelativePathText } from '../../wire/registrationRules.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { counted, instantInWords, numberInWords } from '../../wire/words.ts';
import { type Cli, type CommonOptions, common, run } from '../command.ts';
import { EXIT, type ExitCode, UsageError } from '../exitCodes.ts';
import { isTable, listPrinter } from '../format.ts';
import { instantValue, ownerValue, textValue } from '../optionValues.ts';
import { NO_SESSION_IDS, readSessionIds } from '../sessionIds.ts';
import { stateSpan } from '../styles.ts';

interface RegisterOptions extends CommonOptions {
  path?: string;
  owner?: string;
  lastActivity?: Date;
  dryRun?: boolean;
}

/** Limits the damage of piping in the wrong file. */
const MOST_REGISTRATIONS = 10_000;
const CONCURRENCY = 8;

const EXAMPLES = [
  'upload-session-sweeper register 6f9619ff-8b86-d011-b42d-00c04fc964ff \\',
  '    --path Shop/Code/web.zip --owner agent-7',
  'upload-session-sweeper register 6f9619ff-8b86-d011-b42d-00c04fc964ff --last-activity 2h',
  'upload-session-sweeper register - --dry-run < session-ids.txt',
];

/** `register`: registers upload sessions, or sends their heartbeat. */
export function describeRegister(command: Command): void {
  command
    .description(
      'Registers upload sessions so that sweeps find them, or sends the heartbeat of sessions that are registered already. ' +
        'What you leave out stays as it is. The last activity never moves back, and a session that was given up stays given ' +
        `up. With -, the session ids are read from standard input, one a line, up to ${numberInWords(MOST_REGISTRATIONS)}. All of them are ` +
        'checked before anything is written.',
    )
    .argument('<guid...>', 'the session ids; - reads them from standard input')
    .option('--path <path>', 'where the upload goes in the image store; for people', textValue(storeRelativePathText))
    .option('--owner <owner>', 'who uploads', ownerValue)
    .option('--last-activity <time>', 'when the last chunk was sent (default: now)', instantValue)
    .option('--dry-run', 'only report what would be registered');
  common(command, EXAMPLES).action((given: string[], options: RegisterOptions) =>
    run(options, async (cli) => {
      const ids = await readSessionIds(given, MOST_REGISTRATIONS);
      if (!ids) cli.err.line(NO_SESSION_IDS);
      const app = await cli.connect();
      const now = new Date();
      const { path: storeRelativePath, owner, lastActivity = now } = options;
      const reason = lastActivityError(lastActivity, now, app.sweepRules);
      if (reason) throw new UsageError(`--last-activity ${reason}.`);
      const registration = {
        lastActivity,
        ...(storeRelativePath ? { storeRelativePath } : {}),
        ...(owner ? { owner } : {}),
      };
      return registerAll(cli, app, ids ?? [], registration, now, options);
    }),
  );
}

/** A registration as it is printed. `created`: the session was not registered before. */
type Registered = SessionItem & { created: boolean };

async function registerAll(
  { out, err }: Cli,
  { direct, sweepRules }: App,
  ids: readonly SessionId[],
  registration: Registration,
  now: Date,
  options: RegisterOptions,
): Promise<ExitCode> {
  const would = options.dryRun ? 'would be ' : '';
  const printer = listPrinter<Registered>(out, options, ({ sessionId, created, state, lastActivity }) =>
    out.line(
      `${sessionId}  ${would}${created ? 'registered' : 'updated'}: `,
      stateSpan(state),
      `, last activity ${instantInWords(lastActivity)}`,
    ),
  );
  // A dry run takes the same steps, but writes nothing.
  const ports = options.dryRun
    ? { ...direct, createSession: async () => 'created' as const, changeSession: async () => 'settled' as const }
    : direct;
  let created = 0;
  let updated = 0;
  const registerOne = async (id: SessionId) => {
    const registered = await registerSession(ports, id, registration, now, sweepRules);
    if (registered.created) created += 1;
    else updated += 1;
    printer.print({ ...toSessionItem(registered.session, now, sweepRules), created: registered.created });
  };
  await pMap(ids, registerOne, { concurrency: CONCURRENCY, stopOnError: true });
  printer.end();
  if (isTable(options) && ids.length > 1) {
    err.line(`${counted(created, 'upload session')} ${would}registered, ${numberInWords(updated)} ${would}updated.`);
  }
  return EXIT.done;
}
