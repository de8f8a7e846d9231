import type { LogLevel, WorkerMessage } from '../protocol.ts';

/** Sends a message to the host. */
export function send(message: WorkerMessage): void {
  // If the host has ended, this process is about to end as well.
  if (process.connected) process.send?.(message);
}

/** Logs to the host. @param invocationId - `undefined` for a line that does not belong to an invocation */
export function log(level: LogLevel, category: 'user' | 'system', message: string, invocationId?: string): void {
  send({ type: 'log', level, message, category, ...(invocationId !== undefined && { invocationId }) });
}
