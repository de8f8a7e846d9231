/**
 * Calls the reader of a setting, and turns an unexpected exception into an error of that setting: no value may end the process.
 *
 * @returns the reader's result, or what is wrong, as the end of a sentence about the setting. It holds only the exception's name:
 *   its message may quote the value
 */
export function tryToRead<T>(read: () => T): T | { error: string } {
  try {
    return read();
  } catch (error) {
    return { error: `cannot be read (${error instanceof Error ? error.name : 'unknown error'})` };
  }
}
