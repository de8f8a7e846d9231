import { useState } from 'preact/hooks';
import { parseDuration } from '../../settings/duration.ts';
import type { DashboardStatus } from '../../wire/pageSchemas.ts';
import { spanInWords } from '../../wire/words.ts';
import { countText } from '../text.ts';
import { type StaleCount, type SweepFields, useCount } from '../useCount.ts';
import { useJobs } from '../useJob.ts';
import { Modal } from './modal.tsx';

interface SweepDialogProps {
  dryRun: boolean;
  status: DashboardStatus;
  onClose(): void;
}

/** Shows how many sessions a sweep would take, counts again when a field changes, and asks for confirmation. */
export function SweepDialog({ dryRun, status, onClose }: SweepDialogProps) {
  const [fields, setFields] = useState<SweepFields>({ olderThan: '', owner: '', limit: '' });
  const count = useCount(fields);
  const { start } = useJobs();
  const olderThanMs = parseDuration(fields.olderThan.trim(), '1m', '30d');
  const isBelow = !dryRun && olderThanMs !== undefined && olderThanMs < status.staleAfterMs;
  // The confirmation is for these fields and this count only.
  const subject = JSON.stringify([fields, count]);
  const [confirmed, setConfirmed] = useState('');
  const isConfirmed = !isBelow || confirmed === subject;
  const isCounted = typeof count === 'object' && 'count' in count;
  const set = (change: Partial<SweepFields>) => setFields({ ...fields, ...change });

  return (
    <Modal titleId="sweep-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isConfirmed || (isBelow && !isCounted)) return;
          onClose();
          start({
            dryRun,
            ...(fields.olderThan.trim() === '' ? {} : { olderThan: fields.olderThan.trim() }),
            ...(fields.owner === '' ? {} : { owner: fields.owner }),
            ...(fields.limit.trim() === '' ? {} : { limit: Number(fields.limit) }),
            ...(isBelow ? { belowStaleAfter: true } : {}),
          });
        }}
      >
        <h2 id="sweep-title">{dryRun ? 'Dry run' : 'Sweep now?'}</h2>
        <p role="status" class="count">
          <CountText count={count} dryRun={dryRun} />
        </p>
        <p>
          {dryRun
            ? 'The cluster is asked about each session, as in a sweep. Nothing is changed on the cluster or in the table.'
            : 'Deleted sessions and the chunks that they hold can’t be restored. The cluster is asked first: an upload that still receives chunks is left alone. It takes up to three minutes.'}
          {!dryRun && status.dryRun && ' SWEEP_DRY_RUN is for the schedule only: this sweep deletes.'}
        </p>
        <Fields fields={fields} set={set} staleAfterMs={status.staleAfterMs} />
        {isBelow && (
          <label class="below">
            <input
              type="checkbox"
              checked={isConfirmed}
              disabled={!isCounted}
              onChange={({ currentTarget }) => setConfirmed(currentTarget.checked ? subject : '')}
            />{' '}
            Delete {isCounted ? countText(count) : '…'} without activity for {spanInWords(olderThanMs)}, which is less
            than STALE_AFTER ({spanInWords(status.staleAfterMs)}): an upload that pauses for that long is cancelled.
          </label>
        )}
        <div class="actions">
          <button type="button" data-first onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={dryRun ? 'primary' : 'primary danger'} disabled={!isConfirmed}>
            {dryRun ? 'Start the dry run' : 'Sweep now'}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function CountText({ count, dryRun }: { count: StaleCount; dryRun: boolean }) {
  if (count === 'counting') return <>Counting the stale sessions …</>;
  if ('error' in count) return <span class="bad">Not counted: {count.error}</span>;
  const isOne = count.count === 1 && !count.more;
  const sessions = `${countText(count)} stale upload session${isOne ? '' : 's'}`;
  return (
    <>
      {dryRun ? 'Reports what a sweep would do with ' : 'Deletes '}
      <strong>{sessions}</strong>
      {dryRun ? '.' : ' on the cluster.'}
    </>
  );
}

interface FieldsProps {
  fields: SweepFields;
  set(change: Partial<SweepFields>): void;
  staleAfterMs: number;
}

function Fields({ fields, set, staleAfterMs }: FieldsProps) {
  return (
    <fieldset>
      <legend>Limit it to</legend>
      <label>
        Without activity for at least{' '}
        <input
          value={fields.olderThan}
          placeholder={spanInWords(staleAfterMs)}
          size={6}
          autocomplete="off"
          spellcheck={false}
          pattern="\s*[0-9]+(\.[0-9]+)?\s*(s|m|h|d)\s*"
          title="A duration from 1m to 30d, such as 30m, 2h or 1d"
          onInput={({ currentTarget }) => set({ olderThan: currentTarget.value })}
        />
      </label>
      <label>
        Of the owner{' '}
        <input
          value={fields.owner}
          placeholder="any"
          size={16}
          maxLength={256}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => set({ owner: currentTarget.value })}
        />
      </label>
      <label>
        No more than{' '}
        <input
          value={fields.limit}
          inputMode="numeric"
          size={6}
          autocomplete="off"
          pattern="\s*[1-9][0-9]{0,8}\s*"
          title="A whole number from 1"
          onInput={({ currentTarget }) => set({ limit: currentTarget.value })}
        />{' '}
        sessions
      </label>
    </fieldset>
  );
}
