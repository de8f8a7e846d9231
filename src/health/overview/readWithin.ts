/** What was read of a list until there was enough, or time was over. */
export interface Reading<Item> {
  items: Item[];
  /** Whether it was read to its end. */
  complete: boolean;
}

/**
 * Reads a list, but no more than so many items and not beyond a signal.
 *
 * @param list - ends with an AbortError when the signal says so
 * @throws what the list throws, and a {@link TooSlowError} when time was over before the first item
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

/** Time was over before anything was read. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';

  constructor() {
    super('The storage did not answer in time.');
  }
}
