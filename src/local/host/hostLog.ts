import type { LogLevel } from './protocol.ts';

const ORDER = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** Writes the host's log: one line (or text of several) an event, in the style of `func start`. */
export interface HostLog {
  /** @param category - decides by `logging.logLevel` of host.json whether the line is shown, such as `Function.sweep.User` */
  write(level: LogLevel, category: string, message: string): void;
  /** A line that is not a log event: the ready line and the list of functions. */
  print(line: string): void;
}

/**
 * @param levels - `logging.logLevel` of host.json: category, or the start of one up to a dot, to its lowest level shown;
 * `default` for the rest. Information when nothing is said.
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
