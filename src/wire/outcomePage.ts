import type { Page } from '../cleanup/model/page.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { App } from '../composition/app.ts';
import type { OutcomeItem } from './schemas.ts';
import { keptWithin } from './timeSpan.ts';
import { toOutcomeItem } from './toWire.ts';

/** Which outcomes are requested. */
export interface OutcomeFilter {
  since?: Date | undefined;
  until?: Date | undefined;
  outcome?: string | undefined;
  sessionId?: SessionId | undefined;
}

/** A page is cut short after this, in milliseconds: many days may have no matching outcome. */
const LONGEST_PAGE_MS = 20_000;

/**
 * Reads one page of outcomes, of one session or of all, those of newer runs first.
 *
 * @param after - the position from an earlier page with the same filter
 */
export async function outcomePage(
  { storage, settings, sweepRules, direct }: App,
  filter: OutcomeFilter,
  limit: number,
  after?: string,
): Promise<Page<OutcomeItem>> {
  const now = new Date();
  const { sessionId, outcome } = filter;
  const page = await storage.listOutcomes(
    sessionId === undefined ? sweepRules.partitions : [direct.partitionOf(sessionId)],
    {
      ...keptWithin(filter, now, settings.outcomeRetentionMs),
      ...(outcome === undefined ? {} : { outcome }),
      ...(sessionId === undefined ? {} : { sessionId }),
    },
    limit,
    after,
    () => Date.now() - now.getTime() > LONGEST_PAGE_MS,
  );
  return { ...page, items: page.items.map(toOutcomeItem) };
}
