import type { Command } from 'commander';
import type { SessionId } from '../../cleanup/model/sessionId.ts';
import { isUnknown, type KnownSession, lookUpSession } from '../../wire/lookUpSession.ts';
import type { SessionDetails } from '../../wire/schemas.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { isTable } from '../format.ts';
import { sessionIdValue } from '../optionValues.ts';
import { printSession } from '../sessionReport.ts';

const EXAMPLES = [
  'upload-session-sweeper show 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper show 6f9619ff-8b86-d011-b42d-00c04fc964ff --json',
];

/** `show`: everything that is known about one upload session. */
export function describeShow(command: Command): void {
  command
    .description(
      "Shows everything that is known about one upload session: its row, the cluster's view of it, and its newest outcomes. If " +
        'the cluster does not answer, the rest is still shown and the exit code is 1.',
    )
    .argument('<guid>', 'the session id', sessionIdValue);
  common(command, EXAMPLES).action((id: SessionId, options: CommonOptions) =>
    run(options, async ({ out, err, connect }) => {
      const known = await lookUpSession(await connect(), id);
      if (isUnknown(known)) {
        err.paragraph(
          `${id} not found: it is not registered, the cluster has no such session, and no outcome is recorded.`,
        );
        return EXIT.notFound;
      }
      if (isTable(options)) printSession(known, out, new Date());
      else out.json(toDetails(known));
      return known.cluster.answer === 'failed' ? EXIT.failed : EXIT.done;
    }),
  );
}

/** As in the HTTP API, but without a continuation token: `outcomes --session` lists the rest. */
function toDetails({ history, nextOutcomes, ...known }: KnownSession): SessionDetails {
  return { ...known, history: { items: history } };
}
