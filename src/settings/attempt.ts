/**
 * Reads a setting with a reader that may throw what nobody expects. Nothing that a setting holds may end the process: it is an error
 * of that setting instead.
 *
 * @returns what was read, or the end of a sentence about the setting. The error's message may quote the setting, so only its name is used
 */
export function attempt<T>(read: () => T): T | { error: string } {
  try {
    return read();
  } catch (error) {
    return { error: `cannot be read (${error instanceof Error ? error.name : 'unknown error'})` };
  }
}
