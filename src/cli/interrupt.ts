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
 * @param report - shows a message
 * @param lost - what to report if calls in flight are abandoned, one message each
 */
export function listenForInterrupt(report: (message: string) => void, lost: () => string[]): Interrupt {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listener = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      report('Stopping: waiting for calls in flight. Press Ctrl-C again to stop at once.');
      controller.abort();
    } else if (now - firstAt > SAME_KEY_MS) {
      for (const message of lost()) report(message);
      process.exit(EXIT.interrupted);
    }
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    close() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
