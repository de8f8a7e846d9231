import { useContext, useEffect, useState } from 'preact/hooks';
import { parsePastedSessionId } from '../../cleanup/model/sessionId.ts';
import type { SessionDetails } from '../../wire/schemas.ts';
import { AppError } from '../api.ts';
import { useActions } from '../useActions.ts';
import { useApp } from '../useApp.ts';
import { useAsk } from '../useAsk.ts';
import { sessionLink } from '../useSessionLink.ts';
import { DeleteContext } from './deleteDialog.tsx';
import { Modal } from './modal.tsx';
import { Details } from './sessionDetails.tsx';
import { Copy, Data } from './small.tsx';

/** Everything that is known about one session, in a drawer over the page. Its link is in the address. */
export function Drawer({ sessionId, onClose }: { sessionId: string; onClose(): void }) {
  const parsed = parsePastedSessionId(sessionId);
  return (
    <Modal titleId="session-title" class="drawer" onClose={onClose}>
      <div class="top">
        <h2 id="session-title">Upload session</h2>
        <button type="button" data-first onClick={onClose}>
          Close
        </button>
      </div>
      {'id' in parsed ? (
        <Session key={parsed.id} id={parsed.id} />
      ) : (
        <p class="bad">
          “<Data text={sessionId} />” {parsed.error}.
        </p>
      )}
    </Modal>
  );
}

function Session({ id }: { id: string }) {
  const { refreshes } = useApp();
  const ask = useAsk();
  const [details, setDetails] = useState<SessionDetails>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    ask<SessionDetails>('GET', `/upload-sessions/${id}`).then(
      (read) => {
        setDetails(read);
        setError(undefined);
      },
      (failure: unknown) => {
        if (!(failure instanceof AppError)) throw failure;
        setDetails(undefined);
        setError(failure.status === 404 ? `${id} not found. ${failure.message}` : failure.message);
      },
    );
    // Read again after each action and each Refresh, and not by a timer: it asks the cluster.
  }, [id, refreshes]);

  const link = `${location.origin}${location.pathname}${sessionLink(id)}`;
  return (
    <>
      <p class="subject">
        <span class="guid">{id}</span>
        <Copy text={id} what="session id" />
        <Copy text={link} what="link" />
      </p>
      {error !== undefined && (
        <p class="bad" role="status">
          {error}
        </p>
      )}
      {!details && error === undefined && <p role="status">Reading the row, the history and the cluster’s view …</p>}
      {details && <Details details={details} />}
      <Actions id={id} details={details} />
    </>
  );
}

function Actions({ id, details }: { id: string; details: SessionDetails | undefined }) {
  const { busy, retry } = useActions();
  const askToDelete = useContext(DeleteContext);
  const state = details?.registered?.state;
  return (
    <div class="actions">
      {(state === 'givenUp' || state === 'waiting') && (
        <button type="button" aria-disabled={busy !== undefined} onClick={() => busy === undefined && void retry([id])}>
          Retry
        </button>
      )}
      <button type="button" onClick={() => askToDelete({ id, about: details?.registered?.storeRelativePath })}>
        Delete …
      </button>
    </div>
  );
}
