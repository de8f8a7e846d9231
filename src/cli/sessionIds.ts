import { quoted } from '../cleanup/model/cutText.ts';
import { parsePastedSessionId, type SessionId } from '../cleanup/model/sessionId.ts';
import { numberInWords } from '../wire/words.ts';
import { UsageError } from './exitCodes.ts';

/** How many session ids a command takes at once. */
export const MOST_SESSION_IDS = 100_000;

/** How many errors are reported one by one. */
const MOST_ERRORS = 20;

/** The longest standard input, in characters. */
const LONGEST_INPUT = 64 * 1024 * 1024;

/**
 * Reads the session ids that a command is to act on: its arguments, or standard input, one a line.
 *
 * @param given - with no argument, or with `-` alone, standard input is read
 * @param most - how many there may be
 * @returns each once; `undefined` if standard input held none
 * @throws {UsageError} that names every text which is not a session id
 */
export async function readSessionIds(given: readonly string[], most: number): Promise<SessionId[] | undefined> {
  const fromInput = given.length === 0 || (given.length === 1 && given[0] === '-');
  if (given.length === 0 && process.stdin.isTTY) {
    throw new UsageError('Name at least one session id, or pipe session ids in, one a line.');
  }
  const texts = fromInput ? await linesOfInput() : given;
  if (texts.length === 0) return undefined;
  const ids = new Set<SessionId>();
  const errors: string[] = [];
  for (const text of texts) {
    const parsed = parsePastedSessionId(text);
    if ('id' in parsed) ids.add(parsed.id);
    else errors.push(`${quoted(text)} ${parsed.error}.`);
  }
  if (errors.length > 0) {
    const rest = errors.length > MOST_ERRORS ? [`And ${errors.length - MOST_ERRORS} more.`] : [];
    throw new UsageError([...errors.slice(0, MOST_ERRORS), ...rest, 'Nothing was done.'].join('\n'));
  }
  if (ids.size > most) {
    const [count, allowed] = [ids.size, most].map(numberInWords);
    throw new UsageError(`${count} session ids are too many: the maximum is ${allowed}. Nothing was done.`);
  }
  return [...ids];
}

/** The message for an empty list. It is not an error: the command before the pipe may have found no session. */
export const NO_SESSION_IDS = 'No session ids on standard input: nothing to do.';

async function linesOfInput(): Promise<string[]> {
  let input = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    input += chunk;
    if (input.length > LONGEST_INPUT) {
      throw new UsageError(`Standard input is longer than ${LONGEST_INPUT / 1024 ** 2} MiB. Nothing was done.`);
    }
  }
  return input.split(/\r\n|\r|\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
