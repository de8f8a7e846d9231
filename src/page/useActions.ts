import { useState } from 'preact/hooks';
import { OUTCOME_KINDS } from '../cleanup/model/outcomeKind.ts';
import { bytesInWords, counted } from '../wire/words.ts';
import { AppError } from './api.ts';
import { useApp } from './useApp.ts';
import { useAsk } from './useAsk.ts';
import { useNotify } from './useNotices.ts';

interface Deletion {
  outcome: string;
  bytes?: number;
}

/** The maximum number of sessions to retry at once. */
const AT_ONCE = 4;

/** Actions on single sessions. Each reports its result with the session's id, and then reads the tables again. */
export interface Actions {
  /** Such as `Retrying 12 of 30 …`; `undefined` if nothing is under way. */
  busy: string | undefined;
  deleteSession(sessionId: string, onlyIfStale: boolean): Promise<void>;
  retry(sessionIds: readonly string[]): Promise<void>;
}

export function useActions(): Actions {
  const [busy, setBusy] = useState<string>();
  const notify = useNotify();
  const app = useApp();
  const ask = useAsk();

  /** Runs an action, and reports its errors. */
  const attempt = async <T>(what: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notify(`${what}: ${error.message}`, true);
      return undefined;
    }
  };

  return {
    busy,
    async deleteSession(sessionId, onlyIfStale) {
      setBusy(`Deleting ${sessionId} …`);
      const path = `/upload-sessions/${sessionId}${onlyIfStale ? '?onlyIfStale=true' : ''}`;
      const done = await attempt(sessionId, () => ask<Deletion>('DELETE', path));
      if (done) notify(`${sessionId}: ${deletionText(done)}`);
      setBusy(undefined);
      await app.refresh('tables');
    },
    async retry(sessionIds) {
      const left = [...sessionIds];
      let scheduled = 0;
      let failed = 0;
      const next = async (): Promise<void> => {
        const id = left.shift();
        // Equal failures are reported once.
        if (id === undefined || failed >= AT_ONCE) return;
        setBusy(`Retrying ${scheduled + failed + 1} of ${sessionIds.length} …`);
        const done = await attempt(id, () =>
          ask<{ state: string }>('POST', `/upload-sessions/${encodeURIComponent(id)}/retry`),
        );
        if (done) scheduled += 1;
        else failed += 1;
        if (done && sessionIds.length === 1) notify(`${id}: ${retryText(done.state)}`);
        await next();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      if (sessionIds.length > 1) {
        const rest = failed > 0 ? `; ${sessionIds.length - scheduled} not` : '';
        notify(`${counted(scheduled, 'session')}: retry scheduled for the next sweep${rest}`, failed > 0);
      }
      setBusy(undefined);
      await app.refresh('tables');
    },
  };
}

function deletionText({ outcome, bytes }: Deletion): string {
  if (outcome !== 'deleted') return `not found: ${OUTCOME_KINDS.notFound.meaning}`;
  return bytes === undefined ? 'deleted' : `deleted, ${bytesInWords(bytes)} freed`;
}

const retryText = (state: string): string =>
  state === 'stale' ? 'retry scheduled for the next sweep' : `${state} now, so the next sweep leaves it alone`;
