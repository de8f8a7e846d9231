import { useEffect, useState } from 'preact/hooks';

/** The time in milliseconds, which makes its component draw itself again as it goes on. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
