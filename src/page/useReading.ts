import { useCallback, useRef, useState } from 'preact/hooks';
import type { DashboardHistory, DashboardStatus, InvalidSettings } from '../wire/pageSchemas.ts';
import { AppError, ask, FOREIGN } from './api.ts';
import { forgetKey, readKey } from './key.ts';
import type { AppState, AppStore } from './useApp.ts';

/** How often the history is read, in milliseconds. */
const HISTORY_MS = 300_000;
/** How long to wait for an answer, in milliseconds. */
const TIMEOUT_MS = 30_000;

const NOTHING: AppState = { isReading: false, refreshes: 0 };

export interface Reading extends Omit<AppStore, 'refresh'> {
  /** @param fresh - reads the tables, or the cluster too, instead of cached answers */
  read(fresh?: 'tables' | 'probe'): Promise<void>;
  /** The newest state, for what outlives a rendering, such as a timer. */
  current(): AppState;
}

/** Reads the status and the history, and keeps the newest answers. */
export function useReading(): Reading {
  const [state, setState] = useState<AppState>(NOTHING);
  const newest = useRef(state);
  /** Counts the readings: an older one that ends later changes nothing. */
  const turn = useRef(0);

  const update = useCallback((change: Partial<AppState>) => {
    newest.current = { ...newest.current, ...change };
    setState(newest.current);
  }, []);

  const reset = useCallback(
    (change: Partial<AppState>) => {
      turn.current += 1;
      newest.current = NOTHING;
      update(change);
    },
    [update],
  );

  const rejectKey = useCallback(
    (key: string | undefined) => {
      if (readKey() === key) reset({ key: key === undefined ? 'missing' : 'rejected' });
    },
    [reset],
  );

  const read = useCallback(
    async (fresh?: 'tables' | 'probe') => {
      if (newest.current.key || (newest.current.isReading && !fresh)) return;
      turn.current += 1;
      const mine = turn.current;
      const key = readKey();
      update({ isReading: true });
      const change = await orFailure(readStatus(fresh), failedStatus);
      if (mine !== turn.current) return;
      if (change.key) return rejectKey(key);
      update(change);
      const { historyAt, refreshes } = newest.current;
      if (change.status && (fresh || historyAt === undefined || Date.now() - historyAt >= HISTORY_MS)) {
        const more = await orFailure(readHistory(), ({ message }) => ({ historyError: message }));
        if (mine !== turn.current) return;
        if (more.key) return rejectKey(key);
        update({ ...more, refreshes: fresh ? refreshes + 1 : refreshes });
      }
      update({ isReading: false });
    },
    [update, rejectKey],
  );

  const restart = useCallback(() => {
    reset({});
    void read();
  }, [reset, read]);

  const forget = useCallback(() => {
    forgetKey();
    reset({ key: 'forgotten' });
  }, [reset]);

  return { ...state, read, current: () => newest.current, restart, rejectKey, forgetKey: forget };
}

async function readStatus(fresh: 'tables' | 'probe' | undefined): Promise<Partial<AppState>> {
  const path = `/dashboard/status${fresh ? `?fresh=${fresh}` : ''}`;
  const status = await ask<DashboardStatus>('GET', path, undefined, TIMEOUT_MS);
  if (!status.verdict) throw new AppError(FOREIGN);
  return { status, statusAt: Date.now(), error: undefined, invalid: undefined };
}

/** @returns what was read, or what a failure changes; with `key` if the app rejected the key */
async function orFailure(
  reading: Promise<Partial<AppState>>,
  failed: (error: AppError) => Partial<AppState>,
): Promise<Partial<AppState>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.status === 401 ? { key: 'rejected' } : failed(error);
  }
}

function failedStatus({ status, body, message }: AppError): Partial<AppState> {
  const isInvalid = status === 503 && typeof body === 'object' && body !== null && 'errors' in body;
  return isInvalid ? { invalid: body as InvalidSettings, statusAt: Date.now(), error: undefined } : { error: message };
}

async function readHistory(): Promise<Partial<AppState>> {
  const history = await ask<DashboardHistory>('GET', '/dashboard/history', undefined, TIMEOUT_MS);
  if (!history.days) throw new AppError(FOREIGN);
  return { history, historyAt: Date.now(), historyError: undefined };
}
