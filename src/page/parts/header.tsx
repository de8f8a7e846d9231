import { spanInWords } from '../../wire/words.ts';
import { readKey } from '../key.ts';
import { clockText } from '../text.ts';
import { useApp } from '../useApp.ts';
import { Data } from './small.tsx';

/** The app's name, cluster and version, and the age of the data. */
export function Header({ isUnknown, ageMs }: { isUnknown: boolean; ageMs: number | undefined }) {
  const app = useApp();
  const { status, invalid } = app;
  return (
    <header>
      <h1>Upload sessions</h1>
      <p class="which">
        {status && (
          <>
            Cluster{' '}
            <strong>
              <Data text={status.clusterName} />
            </strong>{' '}
            at <Data text={status.endpoints.join(', ')} />
          </>
        )}
        {(status ?? invalid) && <span class="version"> · version {(status ?? invalid)?.version}</span>}
      </p>
      {ageMs !== undefined && !app.key && (
        <p class={isUnknown ? 'read old' : 'read'}>
          {app.isReading ? 'Reading …' : isUnknown ? `Data from ${spanInWords(ageMs)} ago` : ageText(ageMs)}
        </p>
      )}
      {!app.key && (
        <div class="actions">
          <button
            type="button"
            aria-disabled={app.isReading}
            onClick={() => app.isReading || void app.refresh('probe')}
          >
            Refresh
          </button>
          {readKey() !== undefined && (
            <button type="button" onClick={app.forgetKey}>
              Forget the key
            </button>
          )}
        </div>
      )}
    </header>
  );
}

const ageText = (ageMs: number) => (ageMs < 10_000 ? 'Up to date' : `Read ${spanInWords(ageMs)} ago`);

/** Such as `Unknown since 00:16`. */
export const unknownText = (statusAt: number): string => `Unknown since ${clockText(statusAt)}`;
