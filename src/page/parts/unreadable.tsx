import type { ComponentChildren } from 'preact';
import { useErrorBoundary, useLayoutEffect } from 'preact/hooks';
import { VerdictView } from './verdict.tsx';

/**
 * Shows the page, or that its state is unknown if it cannot be drawn: an open page of another version than the app may miss members of an
 * answer. Without this, the page would keep what it showed before.
 */
export function Readable({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary();
  useLayoutEffect(() => {
    if (error) document.title = 'Unknown: reload the page';
  }, [error]);
  if (!error) return <>{children}</>;
  return (
    <main>
      <VerdictView
        level="unknown"
        headline="Unknown"
        why="This page cannot show the app’s answer. The app was probably updated since the page was opened."
        reasons={[]}
      />
      <p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          Reload the page
        </button>
      </p>
    </main>
  );
}
