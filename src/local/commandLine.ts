/** Reads the port of a command-line option. @throws Error that names the option */
export function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`--${option} ${text} is not a port number (0 to 65535).`);
}

/** Resolves when this process is asked to end: by a signal, or because its parent process has ended. */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(event, () => resolve());
  });
}
