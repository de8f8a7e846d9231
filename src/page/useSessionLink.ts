import { useEffect, useState } from 'preact/hooks';

const NAME = 'session';

const read = () => new URLSearchParams(location.hash.slice(1)).get(NAME) ?? undefined;

/** The link of a session: the page's address with the session's id in its hash. */
export const sessionLink = (sessionId: string): string => `#${new URLSearchParams({ [NAME]: sessionId })}`;

/** The session that the address names, and a function that removes it from the address. */
export function useSessionLink(): [sessionId: string | undefined, close: () => void] {
  const [sessionId, setSessionId] = useState(read);
  useEffect(() => {
    const onHash = () => setSessionId(read());
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  const close = () => {
    // Not back(): the page may have been opened by the link.
    history.pushState(null, '', location.pathname);
    setSessionId(undefined);
  };
  return [sessionId, close];
}
