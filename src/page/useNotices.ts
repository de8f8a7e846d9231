import { createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

/** The result of an action. */
export interface Notice {
  id: number;
  text: string;
  isBad: boolean;
}

export interface Notices {
  shown: readonly Notice[];
  notify(text: string, isBad?: boolean): void;
  dismiss(id: number): void;
}

/** The maximum number to show: the newest. */
const MOST = 4;

export const NoticeContext = createContext<Notices | undefined>(undefined);

export function useNotify(): Notices['notify'] {
  const notices = useContext(NoticeContext);
  if (!notices) throw new TypeError('This component is not inside NoticeContext.');
  return notices.notify;
}

export function useNotices(): Notices {
  const [shown, setShown] = useState<readonly Notice[]>([]);
  const notify = useCallback((text: string, isBad = false) => {
    setShown((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text, isBad }].slice(-MOST));
  }, []);
  const dismiss = useCallback((id: number) => setShown((before) => before.filter((one) => one.id !== id)), []);
  return { shown, notify, dismiss };
}
