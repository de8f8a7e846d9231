import type { LogLevel, WorkerMessage } from '../protocol.ts';
import { app } from './appState.ts';

export function send(message: WorkerMessage): void {
  // If the host has ended, this process is about to end as well.
  if (process.connected) process.send?.(message);
}

/** Logs to the host. `log` hooks can change lines of the app, but not those of the platform. */
export function log(
  level: LogLevel,
  category: 'user' | 'system',
  message: string,
  invocation?: { invocationId: string; hookData?: object; context?: unknown },
): void {
  const line = { level, message };
  if (app.hooks.log.length > 0) {
    const hookContext = {
      ...line,
      category,
      hookData: invocation?.hookData ?? {},
      appHookData: app.appHookData,
      invocationContext: invocation?.context,
    };
    try {
      for (const hook of app.hooks.log) hook(hookContext);
      if (category === 'user') Object.assign(line, { level: hookContext.level, message: hookContext.message });
    } catch {
      // The line is logged even if a hook throws.
    }
  }
  send({ type: 'log', ...line, category, ...(invocation && { invocationId: invocation.invocationId }) });
}
