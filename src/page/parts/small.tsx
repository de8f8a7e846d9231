import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { agoInWords, instantInWords } from '../../wire/words.ts';
import { visible } from '../text.ts';
import { useNotify } from '../useNotices.ts';
import { sessionLink } from '../useSessionLink.ts';

/** The current time by the app's clock, in milliseconds. Ages go by it, not by this browser's clock. */
export const NowContext = createContext(0);

/** Text from outside, isolated in its own text direction. */
export function Data({ text }: { text: string | undefined }) {
  if (text === undefined || text === '') return <span class="none">–</span>;
  return <bdi class="data">{visible(text)}</bdi>;
}

/** An instant: how long ago or ahead it is, and the exact time in UTC. */
export function Time({ at, exact = false }: { at: string | undefined; exact?: boolean }) {
  const now = useContext(NowContext);
  if (at === undefined) return <span class="none">–</span>;
  return (
    <time dateTime={at} title={instantInWords(at)}>
      {agoInWords(at, new Date(now))}
      {exact && <span class="instant"> {instantInWords(at)}</span>}
    </time>
  );
}

/** A session's id that opens the session; a row key that is not an id is text. */
export function SessionLink({ id }: { id: string }) {
  if ('error' in parseSessionId(id)) return <Data text={id} />;
  return (
    <a class="guid" href={sessionLink(id)}>
      {id}
    </a>
  );
}

/** Copies a text to the clipboard, and confirms it. */
export function Copy({ text, what }: { text: string; what: string }) {
  const notify = useNotify();
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
      setTimeout(() => setIsCopied(false), 2000);
    } catch {
      notify(`The browser did not let the page copy the ${what}.`, true);
    }
  };
  return (
    <button type="button" class="copy" onClick={() => void copy()}>
      {isCopied ? 'Copied' : `Copy ${what}`}
    </button>
  );
}

/** A section with a heading, which reasons of the verdict can link to. */
export function Section({
  id,
  title,
  children,
}: {
  id: string;
  title: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}
