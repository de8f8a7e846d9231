import type { DashboardStatus } from '../../wire/pageSchemas.ts';
import { visible } from '../text.ts';

type Level = DashboardStatus['verdict']['level'] | 'unknown';

export const HEADLINES: Record<DashboardStatus['verdict']['level'], string> = {
  well: 'All is well',
  attention: 'Needs attention',
  failing: 'Failing',
};

const SECTIONS = { parts: 'Parts', sweeps: 'Sweeps', failures: 'Failures' } as const;

/** Each level has its own shape, so that colour is not needed to distinguish them. */
function Shape({ level }: { level: Level }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {level === 'well' && (
        <>
          <circle cx="12" cy="12" r="11" />
          <path d="m7 12.5 3.5 3.5L17 9" />
        </>
      )}
      {level === 'attention' && (
        <>
          <path class="body" d="M12 1.5 23.5 22.5H.5Z" />
          <path d="M12 9v6M12 18v1" />
        </>
      )}
      {level === 'failing' && (
        <>
          <path class="body" d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9Z" />
          <path d="m8 8 8 8m0-8-8 8" />
        </>
      )}
      {level === 'unknown' && (
        <>
          <circle cx="12" cy="12" r="11" />
          <path d="M9 9.5a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7M12 17.5v.5" />
        </>
      )}
    </svg>
  );
}

interface VerdictProps {
  level: Level;
  headline: string;
  /** Why it is unknown. */
  why?: string | undefined;
  reasons: DashboardStatus['verdict']['reasons'];
}

/** Shows at a glance whether all is well. */
export function VerdictView({ level, headline, why, reasons }: VerdictProps) {
  return (
    <section class={`verdict ${level}`} aria-labelledby="verdict">
      <div role="status">
        <h2 id="verdict">
          <Shape level={level} />
          {headline}
        </h2>
      </div>
      {why !== undefined && <p>{why}</p>}
      {level !== 'unknown' && reasons.length > 0 && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason.what} class={reason.level}>
              <strong>{visible(reason.what)}</strong> {reason.advice && <span>{reason.advice} </span>}
              <a href={`#${reason.section}`}>{SECTIONS[reason.section]}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
