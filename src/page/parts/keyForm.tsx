import { useEffect, useRef } from 'preact/hooks';
import { keepKey } from '../key.ts';
import { useApp } from '../useApp.ts';

const WHY = {
  missing: [
    'Function key needed',
    'Enter a function key of this app. It is kept in this tab only, until you close the tab or forget the key.',
  ],
  rejected: [
    'Key rejected',
    'The app rejected this key. Check it: “App keys” of the function app lists the valid ones.',
  ],
  forgotten: ['Key forgotten', 'Enter a function key of this app to open the page again.'],
} as const;

export function KeyForm({ why }: { why: keyof typeof WHY }) {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [why]);
  const [title, text] = WHY[why];
  return (
    <form
      class="card"
      aria-labelledby="key-title"
      onSubmit={(event) => {
        event.preventDefault();
        keepKey(input.current?.value.trim() ?? '');
        app.restart();
      }}
    >
      <h2 id="key-title">{title}</h2>
      <p role="status">{text}</p>
      <label for="code">Function key</label>
      <input hidden autocomplete="username" value="function-key" />
      <input id="code" ref={input} type="password" required autocomplete="current-password" spellcheck={false} />
      <button type="submit" class="primary">
        Open
      </button>
    </form>
  );
}
