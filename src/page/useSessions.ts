import { useEffect, useState } from 'preact/hooks';
import type { SessionItem } from '../wire/schemas.ts';
import { AppError } from './api.ts';
import { useApp } from './useApp.ts';
import { type Ask, useAsk } from './useAsk.ts';

/** Which sessions a list shows. */
export type ListedState = 'stale' | 'waiting' | 'givenUp' | 'all';

/** The sessions in one state, oldest first. */
export interface SessionList {
  state: ListedState;
  items: SessionItem[];
  /** Whether there are more than the page reads. */
  more: boolean;
  isReading: boolean;
  error?: string;
}

const PAGE = 1000;
const MOST_PAGES = 20;

/**
 * Reads a whole list, since the table holds its rows in the order of their ids and people want the oldest first. What is shown
 * stays until the new list is complete.
 *
 * @param state - `undefined`: no list is wanted yet
 */
export function useSessions(state: ListedState | undefined): SessionList | undefined {
  const { historyAt } = useApp();
  const ask = useAsk();
  const [list, setList] = useState<SessionList>();
  useEffect(() => {
    if (state === undefined) return undefined;
    let isOver = false;
    setList((before) => (before?.state === state ? { ...before, isReading: true } : empty(state)));
    readAll(ask, state, () => isOver).then(
      (read) => isOver || setList(read),
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        if (!isOver) setList({ ...empty(state), isReading: false, error: error.message });
      },
    );
    return () => {
      isOver = true;
    };
    // Read again with the history: every five minutes at most, and after each action.
  }, [state, historyAt]);
  return list;
}

const empty = (state: ListedState): SessionList => ({ state, items: [], more: false, isReading: true });

async function readAll(ask: Ask, state: ListedState, isOver: () => boolean): Promise<SessionList> {
  const items: SessionItem[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES && !isOver(); page += 1) {
    const query = new URLSearchParams({ state, limit: String(PAGE) });
    if (token !== undefined) query.set('continuationToken', token);
    const read = await ask<{ items: SessionItem[]; continuationToken?: string }>('GET', `/upload-sessions?${query}`);
    items.push(...read.items);
    token = read.continuationToken;
    if (token === undefined) break;
  }
  items.sort((a, b) => a.lastActivity.localeCompare(b.lastActivity));
  return { state, items, more: token !== undefined, isReading: false };
}
