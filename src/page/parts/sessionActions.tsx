import { useContext } from 'preact/hooks';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { useActions } from '../useActions.ts';
import { DeleteContext } from './deleteDialog.tsx';

/** The text that a filter searches. */
export const sessionText = ({ sessionId, storeRelativePath, owner, lastError }: SessionItem): string =>
  [sessionId, storeRelativePath, owner, lastError].join(' ');

/** The actions on a registered session. */
export function SessionActions({ session }: { session: SessionItem }) {
  const { busy, retry } = useActions();
  const askToDelete = useContext(DeleteContext);
  const parsed = parseSessionId(session.sessionId);
  if ('error' in parsed) return <span class="note">Remove the row from the table: its key {parsed.error}.</span>;
  const { id } = parsed;
  const isFailing = session.state === 'givenUp' || session.state === 'waiting';
  return (
    <div class="actions">
      {isFailing && (
        <button type="button" aria-disabled={busy !== undefined} onClick={() => busy === undefined && void retry([id])}>
          Retry<span class="for"> upload session {id}</span>
        </button>
      )}
      <button type="button" onClick={() => askToDelete({ id, about: session.storeRelativePath })}>
        Delete<span class="for"> upload session {id}</span>
      </button>
    </div>
  );
}
