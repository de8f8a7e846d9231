/**
 * The maximum size of a page's items together, in bytes of JSON. An uploader may write columns of 64 KiB, and a thousand such rows
 * would be too much for a caller, or for the memory of a small app.
 */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Limits a page to {@link MAX_PAGE_BYTES}.
 *
 * @returns takes one item after the other, and says whether it still fits. The first always does; after one that does not fit,
 *   no other does
 */
export function pageRoom(): (item: unknown) => boolean {
  let bytes = 0;
  return (item) => {
    const isFirst = bytes === 0;
    bytes += Buffer.byteLength(JSON.stringify(item));
    return isFirst || bytes <= MAX_PAGE_BYTES;
  };
}

/** A part of a list. */
export interface Page<Item> {
  items: Item[];
  /** The position of the next page, for the same query; left out on the last page. */
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
