import type { InvalidSettings } from '../../wire/pageSchemas.ts';
import { counted } from '../../wire/words.ts';
import { useApp } from '../useApp.ts';
import { Data, Section } from './small.tsx';
import { VerdictView } from './verdict.tsx';

/** What the page shows until the first answer. */
export function Loading() {
  return (
    <section class="card" aria-labelledby="loading-title">
      <div role="status">
        <h2 id="loading-title">Reading the tables …</h2>
      </div>
      <div class="skeleton" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
    </section>
  );
}

/** The app has not answered since the page was opened. */
export function Trouble({ why }: { why: string }) {
  const { refresh } = useApp();
  return (
    <>
      <VerdictView level="unknown" headline="Unknown" why={why} reasons={[]} />
      <p>
        <button type="button" class="primary" onClick={() => void refresh('tables')}>
          Try again
        </button>
      </p>
    </>
  );
}

interface InvalidSettingsProps {
  invalid: InvalidSettings;
  isUnknown: boolean;
  headline: string;
  why: string | undefined;
}

/** What the page shows if the settings are invalid. */
export function InvalidSettingsView({ invalid: { errors }, isUnknown, headline, why }: InvalidSettingsProps) {
  return (
    <>
      <VerdictView
        level={isUnknown ? 'unknown' : 'failing'}
        headline={headline}
        why={isUnknown ? why : `${counted(errors.length, 'invalid app setting')}, so nothing works.`}
        reasons={[]}
      />
      <Section id="errors" title="Invalid settings">
        <p>
          Correct them in the function app’s configuration, or in local.settings.json on this machine. The app then
          restarts by itself.
        </p>
        <ol class="errors">
          {errors.map((error) => (
            <li key={error}>
              <Data text={error} />
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}
