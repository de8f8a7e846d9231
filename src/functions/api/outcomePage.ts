import type { App } from '../../app/putTogether.ts';
import { openToken, sealToken } from './continuationToken.ts';
import type { OutcomeItem } from './schemas.ts';
import { toOutcomeItem } from './toWire.ts';

/** Which outcomes are asked for. */
export interface OutcomeFilter {
  since?: Date | undefined;
  until?: Date | undefined;
  outcome?: string | undefined;
  sessionId?: string | undefined;
}

/** A page is cut short after this, in milliseconds: many days may hold nothing that is asked for. */
const LONGEST_PAGE_MS = 20_000;
const DAY_MS = 86_400_000;

/** One page of outcomes, of one session or of all. */
export async function outcomePage(
  { storage, settings, sweepRules, direct }: App,
  filter: OutcomeFilter,
  limit: number,
  token?: string,
): Promise<{ items: OutcomeItem[]; continuationToken: string | undefined }> {
  const now = new Date();
  const list = { of: 'outcomes', ...filter };
  const after = openToken(settings, list, token);
  const { sessionId, outcome } = filter;
  const page = await storage.listOutcomes(
    sessionId === undefined ? sweepRules.partitions : [direct.partitionOf(sessionId)],
    {
      ...within(filter, now, settings.outcomeRetentionMs),
      ...(outcome === undefined ? {} : { outcome }),
      ...(sessionId === undefined ? {} : { sessionId }),
    },
    limit,
    after,
    () => Date.now() - now.getTime() > LONGEST_PAGE_MS,
  );
  const continuationToken = page.next === undefined ? undefined : sealToken(settings, list, page.next);
  return { items: page.items.map(toOutcomeItem), continuationToken };
}

/**
 * The part of a time span in which something may be kept: until now (a clock may be a little ahead of ours), and since the
 * last day that a purge leaves.
 */
export function within(
  { since, until }: { since?: Date | undefined; until?: Date | undefined },
  now: Date,
  retentionMs: number,
): { since: Date; until: Date } {
  const [oldest, newest] = [now.getTime() - retentionMs - DAY_MS, now.getTime() + DAY_MS];
  return {
    since: new Date(Math.max(oldest, since?.getTime() ?? oldest)),
    until: new Date(Math.min(newest, until?.getTime() ?? newest)),
  };
}
