import { EXIT } from './exitCodes.ts';

/** A request by the user or the system to end a command. */
export interface Interrupt {
  /** Aborts at the first one. */
  signal: AbortSignal;
  /** Restores the default handling of signals. */
  close(): void;
}

/** npm forwards a Ctrl-C that the terminal has already sent to the whole process group: two signals for one key press. */
const SAME_KEY_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets a command end cleanly at the first Ctrl-C, and ends it at once at the second.
 *
 * @param onFirst - reports what the command still waits for
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
