import { type Command, InvalidArgumentError } from 'commander';
import { registerSession } from '../../cleanup/editSession.ts';
import { lastActivityFault, ownerText, storeRelativePathText } from '../../wire/registrationRules.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { instantInWords } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT, UsageError } from '../exitCodes.ts';
import { instantValue, sessionIdValue } from '../optionValues.ts';
import { stateSpan } from '../styles.ts';

interface RegisterOptions extends CommonOptions {
  path?: string;
  owner?: string;
  lastActivity?: Date;
}

const EXAMPLES = [
  'upload-session-sweeper register 6f9619ff-8b86-d011-b42d-00c04fc964ff \\',
  '    --path Shop/Code/web.zip --owner agent-7',
  'upload-session-sweeper register 6f9619ff-8b86-d011-b42d-00c04fc964ff --last-activity 2h',
];

/** `register`: registers an upload session, or takes its heartbeat. */
export function addRegister(program: Command): void {
  const command = program
    .command('register')
    .summary('register an upload session, or take its heartbeat')
    .description(
      'Registers an upload session, so that sweeps look after it, or takes the heartbeat of one. What is left out stays as it is. ' +
        'The last activity never moves back, and a session that was given up stays so.',
    )
    .argument('<guid>', 'its session id', sessionIdValue)
    .option('--path <path>', 'where the upload goes in the image store; for people', textValue(storeRelativePathText))
    .option('--owner <owner>', 'who uploads; for people', textValue(ownerText))
    .option('--last-activity <time>', 'when the last chunk was sent (default: now)', instantValue);
  common(command, EXAMPLES).action((id: string, options: RegisterOptions) =>
    run(options, async ({ out, connect }) => {
      const { direct, sweepRules } = await connect();
      const now = new Date();
      const { path: storeRelativePath, owner, lastActivity = now } = options;
      const fault = lastActivityFault(lastActivity, now, sweepRules);
      if (fault) throw new UsageError(`--last-activity ${fault}.`);
      const registration = {
        lastActivity,
        ...(storeRelativePath ? { storeRelativePath } : {}),
        ...(owner ? { owner } : {}),
      };
      const { session, created } = await registerSession(direct, id, registration, now, sweepRules);
      const item = toSessionItem(session, now, sweepRules);
      if (options.json) out.json(item);
      else {
        const done = created ? 'registered' : 'heartbeat taken';
        out.line(`${id}  ${done}, now `, stateSpan(item.state), `, last active ${instantInWords(item.lastActivity)}`);
      }
      return EXIT.done;
    }),
  );
}

function textValue(schema: typeof ownerText): (text: string) => string {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
  };
}
