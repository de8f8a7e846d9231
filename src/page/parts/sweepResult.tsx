import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { SweepLine } from '../../wire/schemas.ts';
import { bytesText, type ResultPiece, resultPieces } from '../outcomes.ts';

/** The pieces of a result in one line: those that are bad stand out. */
export function Pieces({ pieces }: { pieces: readonly ResultPiece[] }) {
  return (
    <>
      {pieces.map(({ text, isBad }, n) => (
        <span key={text} class={isBad ? 'bad' : ''}>
          {n > 0 && ', '}
          {text}
        </span>
      ))}
    </>
  );
}

/** What a sweep did and how it ended, failures first. */
export function SweepResult({ sweep }: { sweep: SweepLine }) {
  const pieces = resultPieces(sweep.outcomes);
  const reason = sweep.stoppedBy === undefined ? undefined : parseStopReason(sweep.stoppedBy);
  const facts = reason && STOP_REASONS[reason];
  return (
    <span class="result">
      {facts && reason !== 'completed' && (
        <>
          <strong class={facts.severity === 'error' ? 'bad' : ''}>{facts.label}</strong>
          {': '}
        </>
      )}
      {!facts && 'Under way: '}
      {pieces.length === 0 ? (
        reason === 'completed' || !facts ? (
          'no stale session'
        ) : (
          'no session was cleaned up'
        )
      ) : (
        <Pieces pieces={pieces} />
      )}
      {sweep.outcomes.deleted + sweep.outcomes.wouldDelete > 0 && ` (${bytesText(sweep)})`}
    </span>
  );
}
