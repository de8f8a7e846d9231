import { createContext } from 'preact';
import { useState } from 'preact/hooks';
import { visible } from '../text.ts';
import { useActions } from '../useActions.ts';
import { Modal } from './modal.tsx';

/** A session that a person wants to delete. */
export interface Deletable {
  id: string;
  about: string | undefined;
}

/** Opens the dialog that asks before a session is deleted. */
export const DeleteContext = createContext<(session: Deletable) => void>(() => {});

/** Explains a deletion and asks for confirmation. The text follows the checkbox. */
export function DeleteDialog({ session: { id, about }, onClose }: { session: Deletable; onClose(): void }) {
  const [onlyIfStale, setOnlyIfStale] = useState(true);
  const { deleteSession } = useActions();
  return (
    <Modal titleId="delete-title" onClose={onClose}>
      <h2 id="delete-title">Delete this upload session?</h2>
      <p class="subject">
        <span class="guid">{id}</span>
        {about !== undefined && (
          <>
            <br />
            <bdi class="data">{visible(about)}</bdi>
          </>
        )}
      </p>
      <label>
        <input
          type="checkbox"
          checked={onlyIfStale}
          onChange={({ currentTarget }) => setOnlyIfStale(currentTarget.checked)}
        />{' '}
        Only if it is stale
      </label>
      <p role="status">
        {onlyIfStale
          ? 'The cluster is asked first. An upload that still receives chunks, or may be being committed, is left alone. Otherwise the session is deleted with the chunks that it holds, which can’t be undone.'
          : 'The session is deleted with the chunks that it holds, which can’t be undone. If it still receives chunks, its upload fails.'}
      </p>
      <div class="actions">
        <button type="button" data-first onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={() => {
            onClose();
            void deleteSession(id, onlyIfStale);
          }}
        >
          {onlyIfStale ? 'Delete if stale' : 'Delete'}
        </button>
      </div>
    </Modal>
  );
}
