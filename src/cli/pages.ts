import type { Page } from '../cleanup/model/page.ts';
import type { ListPrinter } from './format.ts';
import type { Output } from './output.ts';

/** The page size. */
const PAGE = 500;

/**
 * Prints a list page by page, until it ends, the limit is reached, or the output is closed.
 *
 * @param limit - the most items; 0: no limit
 * @param next - reads the page after a position
 * @returns how many items were printed, and whether there are more
 */
export async function printPages<Item>(
  out: Output,
  limit: number,
  next: (most: number, after: string | undefined) => Promise<Page<Item>>,
  printer: ListPrinter<Item>,
): Promise<{ printed: number; more: boolean }> {
  let printed = 0;
  let after: string | undefined;
  do {
    const page = await next(limit === 0 ? PAGE : Math.min(PAGE, limit - printed), after);
    for (const item of page.items) printer.print(item);
    printed += page.items.length;
    after = page.next;
  } while (after !== undefined && !out.closed && (limit === 0 || printed < limit));
  printer.end();
  return { printed, more: after !== undefined };
}

/** The line below a list. */
export function listEnd(what: string, more: boolean): string {
  return more ? `${what}; there are more (--limit 0 lists all).` : `${what}.`;
}
