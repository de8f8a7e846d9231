import { EXIT } from './exitCodes.ts';

/** The user's or the system's wish that a command ends. */
export interface Interrupt {
  /** Aborts at the first one. */
  signal: AbortSignal;
  /** Lets signals do what they do by themselves again. */
  close(): void;
}

/** npm passes on a Ctrl-C that the terminal has already given to the whole group: two signals, one key. */
const SAME_KEY_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets a command end in its own way at the first Ctrl-C, and at once at the second.
 *
 * @param onFirst - says what is still waited for
 */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listener = () => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > SAME_KEY_MS) process.exit(EXIT.interrupted);
    if (firstAt !== undefined) return;
    firstAt = now;
    onFirst();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    close() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
