import type { LogLevel } from './protocol.ts';

const ORDER = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** Writes the host's log: one line for each event (or several, if its text has several), in the style of `func start`. */
export interface HostLog {
  /** @param category - such as `Function.sweep.User`; `logging.logLevel` of host.json decides by it whether the line is shown */
  write(level: LogLevel, category: string, message: string): void;
  /** A line that is not a log event: the ready line and the list of functions. */
  print(line: string): void;
}

/**
 * @param levels - `logging.logLevel` of host.json: the lowest level that is shown, by category or by its first parts up to a dot; `default`
 * for the others. Information by default.
 */
export function createHostLog(levels: Record<string, string>, writeLine: (line: string) => void): HostLog {
  const lowest = (category: string): number => {
    for (let prefix = category; prefix !== ''; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0))) {
      const level = levels[prefix];
      if (level !== undefined) return rank(level);
    }
    return rank(levels['default'] ?? 'information');
  };
  return {
    write(level, category, message) {
      if (rank(level) >= lowest(category)) writeLine(`[${new Date().toISOString()}] ${message}`);
    },
    print: writeLine,
  };
}

function rank(level: string): number {
  const index = ORDER.indexOf(level.toLowerCase());
  return index < 0 ? ORDER.indexOf('information') : index;
}
