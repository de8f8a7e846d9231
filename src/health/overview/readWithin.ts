/** The part of a list that was read before a limit. */
export interface Reading<Item> {
  items: Item[];
  /** Whether the whole list was read. */
  complete: boolean;
}

/**
 * Reads a list up to a maximum number of items, and until a signal aborts.
 *
 * @param list - throws an AbortError when the signal aborts
 * @throws errors of the list; {@link TooSlowError} if the signal aborted before the first item
 */
export async function readWithin<Item>(
  list: AsyncIterable<Item>,
  most: number,
  signal: AbortSignal,
): Promise<Reading<Item>> {
  const items: Item[] = [];
  try {
    for await (const item of list) {
      if (items.length === most) return { items, complete: false };
      items.push(item);
    }
    return { items, complete: true };
  } catch (error) {
    if (!signal.aborted) throw error;
    if (items.length === 0) throw new TooSlowError();
    return { items, complete: false };
  }
}

/** The time was over before anything was read. */
class TooSlowError extends Error {
  override readonly name = 'TooSlowError';

  constructor() {
    super('The storage did not answer in time.');
  }
}
