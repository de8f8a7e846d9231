import { createInterface } from 'node:readline';
import { parseSessionId } from '../cleanup/model/sessionId.ts';
import { UsageError } from './exitCodes.ts';

/** So many faults are told one by one. */
const MOST_FAULTS = 20;

/**
 * Reads the session ids that a command is to act on: its arguments, or standard input, one a line.
 *
 * @param given - none, or `-` alone: standard input
 * @returns them in lower case, each once
 * @throws {UsageError} that names all that are none, before anything is done
 */
export async function readSessionIds(given: readonly string[]): Promise<string[]> {
  const fromInput = given.length === 0 || (given.length === 1 && given[0] === '-');
  if (given.length === 0 && process.stdin.isTTY) {
    throw new UsageError('Name at least one session id, or pipe them in, one a line.');
  }
  const texts = fromInput ? await linesOfInput() : given;
  const ids = new Set<string>();
  const faults: string[] = [];
  for (const text of texts) {
    const parsed = parseSessionId(text);
    if ('id' in parsed) ids.add(parsed.id);
    else faults.push(`${JSON.stringify(text.slice(0, 80))} ${parsed.fault}.`);
  }
  if (faults.length > 0) {
    const rest = faults.length > MOST_FAULTS ? [`And ${faults.length - MOST_FAULTS} more.`] : [];
    throw new UsageError([...faults.slice(0, MOST_FAULTS), ...rest, 'Nothing was done.'].join('\n'));
  }
  return [...ids];
}

async function linesOfInput(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') lines.push(line.trim());
  return lines;
}
