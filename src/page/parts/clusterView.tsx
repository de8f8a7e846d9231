import type { ComponentChildren } from 'preact';
import { OUTCOME_KINDS } from '../../cleanup/model/outcomeKind.ts';
import type { ClusterView } from '../../wire/schemas.ts';
import { bytesInWords, counted, numberInWords } from '../../wire/words.ts';
import { Copy, Data, Time } from './small.tsx';

/** A name and its value, as an entry of a list. */
export function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The maximum number of missing ranges to list. */
const MOST_RANGES = 20;

/** The cluster's view of an upload session. */
export function Cluster({ view }: { view: ClusterView }) {
  const request = view.requestId !== undefined && (
    <Pair name="Request id">
      <span class="guid">{view.requestId}</span> <Copy text={view.requestId} what="request id" />
    </Pair>
  );
  if (view.answer === 'notFound') {
    return (
      <dl class="pairs">
        <Pair name="Answer">Not found: {OUTCOME_KINDS.notFound.meaning}.</Pair>
        {request}
      </dl>
    );
  }
  if (view.answer === 'failed') {
    return (
      <dl class="pairs">
        <Pair name="Answer">
          <span class="bad">
            <Data text={view.message} />
          </span>
        </Pair>
        <Pair name="Error">
          <code>
            <Data text={view.errorCode} />
          </code>{' '}
          {view.httpStatus}
        </Pair>
        {request}
      </dl>
    );
  }
  const { storeRelativePath, fileSizeBytes, heldBytes, missingRanges, lastChunkAt } = view;
  const size = (bytes: number | undefined) => (bytes === undefined ? 'unknown' : bytesInWords(bytes));
  return (
    <dl class="pairs">
      <Pair name="Path">
        <Data text={storeRelativePath} />
      </Pair>
      <Pair name="Held">
        {size(heldBytes)} of {size(fileSizeBytes)}
      </Pair>
      <Pair name="Last chunk">
        <Time at={lastChunkAt} exact />
      </Pair>
      {missingRanges && (
        <Pair name="Missing">
          {missingRanges.length === 0 ? 'Nothing: all chunks were received' : counted(missingRanges.length, 'range')}
          {missingRanges.length > 0 && (
            <ul class="ranges">
              {missingRanges.slice(0, MOST_RANGES).map(({ start, end }) => (
                <li key={start}>
                  {numberInWords(start)}–{numberInWords(end)} ({bytesInWords(end - start + 1)})
                </li>
              ))}
              {missingRanges.length > MOST_RANGES && (
                <li>and {numberInWords(missingRanges.length - MOST_RANGES)} more</li>
              )}
            </ul>
          )}
        </Pair>
      )}
      {request}
    </dl>
  );
}
