import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DashboardHistory, DashboardStatus, InvalidSettings } from '../wire/pageSchemas.ts';

/** What the page knows. Times of this browser's clock are in milliseconds. */
export interface AppState {
  status?: DashboardStatus | undefined;
  /** When the status was received. */
  statusAt?: number | undefined;
  history?: DashboardHistory | undefined;
  historyAt?: number | undefined;
  historyError?: string | undefined;
  /** Why the last reading failed. */
  error?: string | undefined;
  /** The app's settings are invalid: there is no status. */
  invalid?: InvalidSettings | undefined;
  /** A key is asked for, and why. Nothing is read until then. */
  key?: 'missing' | 'rejected' | 'forgotten' | undefined;
  isReading: boolean;
  /** How often everything was read again on request. */
  refreshes: number;
}

export interface AppStore extends AppState {
  /** Reads the tables again, and with `probe` also asks the cluster. */
  refresh(fresh: 'tables' | 'probe'): Promise<void>;
  /** Starts again with the key that was just given, if any. */
  restart(): void;
  /** Asks for another key. @param key - what the app rejected; nothing happens if another key was given since */
  rejectKey(key: string | undefined): void;
  /** Forgets the key and asks for one. */
  forgetKey(): void;
}

export const AppContext = createContext<AppStore | undefined>(undefined);

export function useApp(): AppStore {
  const app = useContext(AppContext);
  if (!app) throw new TypeError('This component is not inside AppContext.');
  return app;
}
