import { useCallback } from 'preact/hooks';
import { AppError, ask } from './api.ts';
import { readKey } from './key.ts';
import { useApp } from './useApp.ts';

/** Calls a route. @throws {AppError} for everything but a successful answer */
export type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

/** Calls routes for a component. If the app rejects the key, the page asks for another one. */
export function useAsk(): Ask {
  const { rejectKey } = useApp();
  return useCallback(
    async <T>(method: string, path: string, body?: object) => {
      const key = readKey();
      try {
        return await ask<T>(method, path, body);
      } catch (error) {
        if (error instanceof AppError && error.status === 401) rejectKey(key);
        throw error;
      }
    },
    [rejectKey],
  );
}
