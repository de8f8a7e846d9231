import { Command, CommanderError } from 'commander';
import project from '../../package.json' with { type: 'json' };
import { addDelete } from './commands/delete.ts';
import { addDoctor } from './commands/doctor.ts';
import { addList } from './commands/list.ts';
import { addOutcomes } from './commands/outcomes.ts';
import { addRegister } from './commands/register.ts';
import { addRetry } from './commands/retry.ts';
import { addRuns } from './commands/runs.ts';
import { addShow } from './commands/show.ts';
import { addSweep } from './commands/sweep.ts';
import { EXIT, EXIT_CODES_HELP } from './exitCodes.ts';
import { createOutput, type Output } from './output.ts';

const DESCRIPTION = `Finds upload sessions that nobody uploads to any more, deletes them on the Service Fabric cluster, and tells how each one ended.

It works straight on the storage and the cluster, with the app's own settings: those of the environment first, those of local.settings.json in the working directory (or --settings <file>) second.`;

const LAST_WORDS = `
Results go to standard output, messages and progress to standard error. With
--json lists are one JSON document a line, all else is one document; the names
are those of the HTTP API. NO_COLOR=1 switches colours off.
${EXIT_CODES_HELP}`;

/** Runs the command line; the process ends with the right exit code by itself. */
export async function main(words: readonly string[]): Promise<void> {
  const out = createOutput(process.stdout);
  const err = createOutput(process.stderr);
  const program = new Command('upload-session-sweeper')
    .description(DESCRIPTION)
    .version(project.version, '--version', 'show the version')
    .addHelpText('after', LAST_WORDS)
    .configureOutput({
      writeOut: linesTo(out),
      writeErr: linesTo(err),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  for (const add of [addDoctor, addList, addShow, addSweep, addDelete, addRetry, addRegister, addOutcomes, addRuns]) {
    add(program);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong; it ends help and version with 0.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  }
}

/** Line by line, since what was typed comes back in some of it. */
function linesTo(output: Output): (text: string) => void {
  return (text) => {
    for (const line of text.trimEnd().split('\n')) output.line(line);
  };
}
