import type { Command } from 'commander';
import type { App } from '../../composition/app.ts';
import { counted } from '../../wire/words.ts';
import { clusterInWords } from '../appPlan.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { confirm } from '../confirm.ts';
import { deleteSessions } from '../deleteSessions.ts';
import { EXIT } from '../exitCodes.ts';
import type { Output } from '../output.ts';
import { MOST_SESSION_IDS, NO_SESSION_IDS, readSessionIds } from '../sessionIds.ts';

interface DeleteOptions extends CommonOptions {
  onlyIfStale?: boolean;
  yes?: boolean;
}

const EXAMPLES = [
  'upload-session-sweeper delete 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper delete --only-if-stale < session-ids.txt',
];

/** `delete`: deletes upload sessions now. */
export function describeDelete(command: Command): void {
  command
    .description(
      'Deletes upload sessions on the cluster, whether registered or not, and records every outcome. It deletes active ' +
        'sessions too: an upload that is still receiving chunks is cancelled, and its client fails. It therefore asks first ' +
        'on a terminal, and requires --yes elsewhere. With --only-if-stale it leaves active sessions alone and does not ask. ' +
        'Without arguments, or with -, the session ids are read from standard input, one a line. All of them are checked ' +
        'before anything is deleted.',
    )
    .argument('[guid...]', 'the session ids')
    .option('--only-if-stale', 'leave active sessions alone (exit code 3)')
    .option('--yes', 'do not ask');
  common(command, EXAMPLES).action((given: string[], options: DeleteOptions) =>
    run(options, async (cli) => {
      const ids = await readSessionIds(given, MOST_SESSION_IDS);
      const app = await cli.connect();
      if (!ids) cli.err.line(NO_SESSION_IDS);
      else if (!options.onlyIfStale && !options.yes && !(await isConfirmed(cli.err, app, ids.length))) {
        cli.err.line('Nothing was done.');
        return EXIT.interrupted;
      }
      return deleteSessions(cli, app, ids ?? [], options);
    }),
  );
}

function isConfirmed(err: Output, app: App, count: number): Promise<boolean> {
  const question =
    `This deletes ${counted(count, 'upload session')} on ${clusterInWords(app)}, active or not. An upload that is still ` +
    'receiving chunks is cancelled. Delete?';
  return confirm(err, question, 'use --yes to delete active sessions too, or --only-if-stale to leave them alone');
}
