/**
 * The most that the items of a page hold together, in bytes of JSON: an uploader may write columns of 64 KiB, and a thousand such
 * rows would be more than a caller, or the memory of a small app, can take.
 */
const MOST_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Counts what a page holds.
 *
 * @returns whether one more item fits; the first always does. An item that fits is counted, and after one that does not, none does
 */
export function pageRoom(): (item: unknown) => boolean {
  let bytes = 0;
  return (item) => {
    const isFirst = bytes === 0;
    bytes += Buffer.byteLength(JSON.stringify(item));
    return isFirst || bytes <= MOST_PAGE_BYTES;
  };
}

/** A part of a list, and where the next one begins. */
export interface Page<Item> {
  items: Item[];
  /** The position to go on from; none: this was the last page. A text that only the query it came from understands. */
  next?: string;
}

/**
 * Streams the items of a list, page by page.
 *
 * @param read - reads the page at a position; `undefined` for the first page
 */
export async function* itemsOf<Item>(
  read: (after: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void> {
  let after: string | undefined;
  do {
    const page = await read(after);
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
