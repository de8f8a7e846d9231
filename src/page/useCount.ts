import { useEffect, useState } from 'preact/hooks';
import type { SessionItem } from '../wire/schemas.ts';
import { AppError } from './api.ts';
import { type Ask, useAsk } from './useAsk.ts';

interface SessionPage {
  items: SessionItem[];
  continuationToken?: string;
}

/** The sessions to sweep, as the fields of the dialog describe them. */
export interface SweepFields {
  olderThan: string;
  owner: string;
  limit: string;
}

/** How many sessions a sweep would take now. */
export type StaleCount = { count: number; more: boolean } | { error: string } | 'counting';

/** The maximum to count: a larger number would not change a person's decision. */
const MOST_PAGES = 10;

/** How long after the last keystroke the fields are read, in milliseconds. */
const PAUSE_MS = 300;

/** Counts the sessions that a sweep with these fields would take, again whenever they change. */
export function useCount({ olderThan, owner, limit }: SweepFields): StaleCount {
  const [counted, setCounted] = useState<{ of: string; result: StaleCount }>();
  const ask = useAsk();
  const of = JSON.stringify([olderThan, owner, limit]);
  useEffect(() => {
    let isOver = false;
    const count = async () => {
      let result: StaleCount;
      try {
        result = await countStale(ask, olderThan.trim(), owner, () => isOver);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        result = { error: error.message };
      }
      if (!isOver) setCounted({ of, result });
    };
    const timer = setTimeout(() => void count(), counted === undefined ? 0 : PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [of]);
  if (counted?.of !== of) return 'counting';
  const { result } = counted;
  const most = Number(limit);
  if (typeof result === 'string' || 'error' in result || !(most > 0)) return result;
  return result.count >= most ? { count: most, more: false } : result;
}

async function countStale(ask: Ask, olderThan: string, owner: string, isOver: () => boolean): Promise<StaleCount> {
  let count = 0;
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES && !isOver(); page += 1) {
    const query = new URLSearchParams({ state: 'stale', limit: '1000' });
    if (olderThan !== '') query.set('olderThan', olderThan);
    if (token !== undefined) query.set('continuationToken', token);
    const { items, continuationToken } = await ask<SessionPage>('GET', `/upload-sessions?${query}`);
    count += owner === '' ? items.length : items.filter((item) => item.owner === owner).length;
    token = continuationToken;
    if (token === undefined) return { count, more: false };
  }
  return { count, more: true };
}
