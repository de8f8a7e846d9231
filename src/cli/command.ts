import { type Command, Option } from 'commander';
import { RowContendedError } from '../cleanup/editSession.ts';
import type { App } from '../composition/app.ts';
import { SettingsError } from '../settings/settings.ts';
import { storageErrorText } from '../storage/storageErrorText.ts';
import { isStorageFailure } from '../storage/storageFailure.ts';
import { type AppPlan, planApp } from './appPlan.ts';
import { EXIT, type ExitCode, UsageError } from './exitCodes.ts';
import { FORMATS, type FormatOptions } from './format.ts';
import { createOutput, type Output } from './output.ts';

/** The options of every command. */
export interface CommonOptions extends FormatOptions {
  settings?: string;
}

/** What every command works with. */
export interface Cli {
  /** For results. */
  out: Output;
  /** For messages and progress. */
  err: Output;
  /** Creates the app. @throws {UsageError}, or {@link SettingsError} */
  connect(): Promise<App>;
  /** The same in two steps, for a command that reports on the settings themselves. @throws {UsageError} */
  plan(): Promise<AppPlan>;
}

/** Adds the options of every command, and its examples, to a command. */
export function common(command: Command, examples: readonly string[]): Command {
  command
    .addOption(
      new Option('-o, --output <format>', 'print results in this format (default: table)')
        .choices(FORMATS)
        .conflicts('json'),
    )
    .option('--json', 'print JSON: a list as one document a line, any other result as one document')
    .addOption(new Option('--settings <file>', 'read settings from this file instead of local.settings.json'))
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
  refuseRepeats(command);
  return command;
}

/** Refuses an option that is given twice or contradicted. Otherwise the last one would count, which may be the more dangerous one. */
function refuseRepeats(command: Command): void {
  const given = new Set<string>();
  for (const option of command.options) {
    command.on(`option:${option.name()}`, () => {
      if (given.has(option.attributeName())) {
        command.error(`error: option '${option.flags}' repeats or contradicts an earlier option`);
      }
      given.add(option.attributeName());
    });
  }
}

/** Runs a command's work, explains what it throws, and sets the process's exit code. */
export async function run(options: CommonOptions, work: (cli: Cli) => Promise<ExitCode>): Promise<void> {
  const out = createOutput(process.stdout);
  const err = createOutput(process.stderr);
  const plan = () => planApp(options.settings);
  const connect = async () => (await plan()).connect();
  try {
    process.exitCode = await work({ out, err, connect, plan });
  } catch (error) {
    process.exitCode = explain(error, err);
  }
  const unwritten = await out.written();
  if (unwritten === undefined) return;
  err.paragraph(`The results could not be written (${unwritten.code}): the output is incomplete.`);
  if (process.exitCode === EXIT.done) process.exitCode = EXIT.failed;
}

function explain(error: unknown, err: Output): ExitCode {
  if (error instanceof UsageError) {
    for (const line of error.message.split('\n')) err.paragraph(line);
    return EXIT.wrongUsage;
  }
  if (error instanceof SettingsError) {
    err.line({ text: 'The app settings are invalid:', style: 'red' });
    for (const one of error.errors) err.paragraph(`- ${one}`);
    return EXIT.wrongUsage;
  }
  const text = storageErrorText(error);
  const what = isStorageFailure(error) ? 'Storage unreachable' : 'Failed';
  if (error instanceof RowContendedError) err.paragraph(text);
  else err.paragraph(`${what}: ${text.replace(/\.?$/, '.')} Run \`doctor\` for details.`);
  return EXIT.failed;
}
