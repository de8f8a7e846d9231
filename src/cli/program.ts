import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { EXIT, EXIT_CODES_HELP } from './exitCodes.ts';
import { createOutput, type Output } from './output.ts';

const DESCRIPTION = `Finds upload sessions that no longer receive chunks, deletes them on the Service Fabric cluster, and reports how each one ended.

It works directly on the storage and the cluster with the app's own settings: the environment first, then local.settings.json in the working directory (or --settings <file>).`;

const HELP_ENDING = `
Results go to standard output, messages and progress to standard error. The
names in JSON are those of the HTTP API. NO_COLOR=1 switches colors off.
${EXIT_CODES_HELP}`;

/** A command, declared once: the help lists it without loading it. */
interface DeclaredCommand {
  summary: string;
  /** Loads what describes and runs it. A literal import, so that the bundle keeps each in a file of its own. */
  load(): Promise<(command: Command) => void>;
}

export const COMMANDS: Readonly<Record<string, DeclaredCommand>> = {
  doctor: {
    summary: 'check everything that a sweep depends on',
    load: async () => (await import('./commands/doctor.ts')).describeDoctor,
  },
  list: {
    summary: 'list the registered upload sessions',
    load: async () => (await import('./commands/list.ts')).describeList,
  },
  show: {
    summary: 'show everything that is known about one upload session',
    load: async () => (await import('./commands/show.ts')).describeShow,
  },
  sweep: {
    summary: 'sweep now, or report what a sweep would do',
    load: async () => (await import('./commands/sweep.ts')).describeSweep,
  },
  delete: {
    summary: 'delete upload sessions now',
    load: async () => (await import('./commands/delete.ts')).describeDelete,
  },
  retry: {
    summary: 'retry upload sessions that failed',
    load: async () => (await import('./commands/retry.ts')).describeRetry,
  },
  register: {
    summary: 'register upload sessions, or send their heartbeat',
    load: async () => (await import('./commands/register.ts')).describeRegister,
  },
  outcomes: {
    summary: 'list how cleanups ended',
    load: async () => (await import('./commands/outcomes.ts')).describeOutcomes,
  },
  sweeps: {
    summary: 'list the sweeps',
    load: async () => (await import('./commands/sweeps.ts')).describeSweeps,
  },
};

/** Runs the command line. The process ends with the right exit code by itself. */
export async function main(args: readonly string[]): Promise<void> {
  const out = createOutput(process.stdout);
  const err = createOutput(process.stderr);
  const program = new Command('upload-session-sweeper')
    .description(DESCRIPTION)
    .version(VERSION, '--version', 'show the version')
    .addHelpText('after', HELP_ENDING)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: linesTo(out),
      writeErr: linesTo(err),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  try {
    for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
      const command = program.command(name).summary(summary);
      // Only a command that may be meant is loaded: loading its modules is most of its start.
      if (args.includes(name)) (await load())(command);
    }
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has reported what is wrong. Help and version end with 0.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  }
}

/** Prints line by line. Some lines repeat what was typed, and a line is made safe for a terminal. */
function linesTo(output: Output): (text: string) => void {
  return (text) => {
    for (const line of text.trimEnd().split('\n')) output.line(line);
  };
}
