import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { DashboardHistory, DashboardStatus, InvalidSettings } from '../wire/pageSchemas.ts';
import { AppError, ask, FOREIGN } from './api.ts';
import { readKey, takeKeyFromAddress } from './key.ts';

/** How often a visible page reads the status, in milliseconds ... */
const STATUS_MS = 60_000;
/** ... while the app does not answer ... */
const RETRY_MS = 15_000;
/** ... and the history at most. */
const HISTORY_MS = 300_000;
/** The age from which a status is unknown, whatever the reason, in milliseconds. */
export const OLD_MS = 180_000;
/** How long to wait for the answer to a poll, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What the page knows. Times of this browser's clock are in milliseconds. */
export interface AppState {
  status?: DashboardStatus | undefined;
  /** When the status was received. */
  statusAt?: number | undefined;
  history?: DashboardHistory | undefined;
  historyAt?: number | undefined;
  historyError?: string | undefined;
  /** Why the last poll failed. */
  error?: string | undefined;
  /** The app's settings are invalid: there is no status. */
  invalid?: InvalidSettings | undefined;
  /** A key is asked for, and why. Polling has stopped. */
  key?: 'missing' | 'rejected' | 'forgotten' | undefined;
  isReading: boolean;
  /** How often everything was read anew because somebody wanted it. */
  refreshes: number;
}

export interface AppStore extends AppState {
  /** Reads the tables anew, and with `probe` asks the cluster, too. */
  refresh(fresh: 'tables' | 'probe'): Promise<void>;
  /** Begins anew with the key that was just given, or without. */
  restart(): void;
  askForKey(why: 'rejected' | 'forgotten'): void;
}

const NOTHING: AppState = { isReading: false, refreshes: 0 };

export const AppContext = createContext<AppStore | undefined>(undefined);

export function useApp(): AppStore {
  const app = useContext(AppContext);
  if (!app) throw new TypeError('There is no app around this component.');
  return app;
}

/** Polls the app while the page is visible. */
export function usePolling(): AppStore {
  const [state, setState] = useState<AppState>(NOTHING);
  /** The newest reading: an older one that ends later changes nothing. */
  const turn = useRef(0);
  // What the timers see: a state in a closure would be an old one.
  const current = useRef(state);
  const update = useCallback((change: Partial<AppState>) => {
    current.current = { ...current.current, ...change };
    setState(current.current);
  }, []);

  const fail = useCallback(
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      if (error.status === 401) {
        current.current = NOTHING;
        return update({ key: readKey() === undefined ? 'missing' : 'rejected' });
      }
      const { body } = error;
      if (error.status === 503 && typeof body === 'object' && body !== null && 'errors' in body) {
        return update({ invalid: body as InvalidSettings, statusAt: Date.now(), error: undefined });
      }
      update({ error: error.message });
    },
    [update],
  );

  const readHistory = useCallback(async () => {
    try {
      const history = await ask<DashboardHistory>('GET', '/dashboard/history', undefined, PATIENCE_MS);
      if (!history.days) throw new AppError(FOREIGN);
      update({ history, historyAt: Date.now(), historyError: undefined });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.status === 401) fail(error);
      else update({ historyError: error.message });
    }
  }, [update, fail]);

  const read = useCallback(
    async (fresh?: 'tables' | 'probe') => {
      if (current.current.key || (current.current.isReading && !fresh)) return;
      turn.current += 1;
      const mine = turn.current;
      update({ isReading: true });
      try {
        const path = `/dashboard/status${fresh ? `?fresh=${fresh}` : ''}`;
        const status = await ask<DashboardStatus>('GET', path, undefined, PATIENCE_MS);
        if (mine !== turn.current) return;
        if (!status.verdict) throw new AppError(FOREIGN);
        update({ status, statusAt: Date.now(), error: undefined, invalid: undefined });
        const { historyAt } = current.current;
        if (fresh || historyAt === undefined || Date.now() - historyAt >= HISTORY_MS) await readHistory();
        if (fresh) update({ refreshes: current.current.refreshes + 1 });
      } catch (error) {
        if (mine === turn.current) fail(error);
      } finally {
        if (mine === turn.current) update({ isReading: false });
      }
    },
    [update, fail, readHistory],
  );

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') await read();
      clearTimeout(timer);
      timer = setTimeout(() => void poll(), current.current.error === undefined ? STATUS_MS : RETRY_MS);
    };
    const onVisible = () => {
      const { statusAt = 0, error } = current.current;
      const isOld = error !== undefined || Date.now() - statusAt >= STATUS_MS;
      if (document.visibilityState === 'visible' && isOld) void poll();
    };
    const onHash = () => {
      if (takeKeyFromAddress()) restart();
    };
    void poll();
    document.addEventListener('visibilitychange', onVisible);
    addEventListener('hashchange', onHash);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
      removeEventListener('hashchange', onHash);
    };
  }, [read]);

  const restart = useCallback(() => {
    turn.current += 1;
    current.current = NOTHING;
    update({});
    void read();
  }, [update, read]);

  const askForKey = useCallback(
    (key: 'rejected' | 'forgotten') => {
      turn.current += 1;
      current.current = NOTHING;
      update({ key });
    },
    [update],
  );

  return { ...state, refresh: read, restart, askForKey };
}
