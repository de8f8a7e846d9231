import { createInterface } from 'node:readline';
import { UsageError } from './exitCodes.ts';
import type { Output } from './output.ts';

/**
 * Asks before something that can't be undone.
 *
 * @param err - shows the question
 * @param otherwise - what to give where nobody can be asked, as the end of a sentence
 * @throws {UsageError} where there is no terminal to ask on
 */
export async function confirm(err: Output, question: string, otherwise: string): Promise<boolean> {
  if (!process.stdin.isTTY || !err.isTerminal) {
    throw new UsageError(`There is no terminal to ask on: ${otherwise}. Nothing was done.`);
  }
  err.paragraph(`${question} [y/N]`);
  // Not as a terminal: Ctrl-C stays what it is everywhere else.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const answer = await lines[Symbol.asyncIterator]().next();
  lines.close();
  return !answer.done && /^y(es)?$/i.test(answer.value.trim());
}
