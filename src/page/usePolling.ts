import { useEffect } from 'preact/hooks';
import { takeKeyFromAddress } from './key.ts';
import type { AppStore } from './useApp.ts';
import { useReading } from './useReading.ts';

/** How often a visible page reads the status, in milliseconds ... */
const STATUS_MS = 60_000;
/** ... and while the app does not answer. */
const RETRY_MS = 15_000;

/** Polls the app while the page is visible. */
export function usePolling(): AppStore {
  const { read, current, ...store } = useReading();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') await read();
      clearTimeout(timer);
      timer = setTimeout(() => void poll(), current().error === undefined ? STATUS_MS : RETRY_MS);
    };
    const onVisible = () => {
      const { statusAt = 0, error } = current();
      const isOld = error !== undefined || Date.now() - statusAt >= STATUS_MS;
      if (document.visibilityState === 'visible' && isOld) void poll();
    };
    const onHash = () => {
      if (takeKeyFromAddress()) store.restart();
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

  return { ...store, refresh: read };
}
