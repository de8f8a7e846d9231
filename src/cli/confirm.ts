import { createInterface } from 'node:readline';
import { UsageError } from './exitCodes.ts';
import type { Output } from './output.ts';

/**
 * Asks before an action that cannot be undone.
 *
 * @param err - shows the question
 * @param otherwise - what to do if there is no terminal to ask on, as the end of a sentence
 * @throws {UsageError} if there is no terminal to ask on
 */
export async function confirm(err: Output, question: string, otherwise: string): Promise<boolean> {
  if (!process.stdin.isTTY || !err.isTerminal) {
    throw new UsageError(`No terminal to confirm on: ${otherwise}. Nothing was done.`);
  }
  err.paragraph(`${question} [y/N]`);
  // Not as a terminal, so that Ctrl-C still ends the process.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const answer = await lines[Symbol.asyncIterator]().next();
  lines.close();
  return !answer.done && /^y(es)?$/i.test(answer.value.trim());
}
