import type { Child, ChildOptions } from '../childProcess.ts';
import { startCoreTools } from './coreTools.ts';
import { freePort } from './freePort.ts';
import type { StartPart } from './startCluster.ts';

const DEFAULT_PORT = 7071;

/** How to start the hosts. */
export interface HostOptions {
  count: number;
  /** The port of the first host; by default 7071, or any free port. The others use any free port. */
  port: string | undefined;
  /** Run the bundle instead of the sources. */
  bundle: boolean;
  /** Run Azure Functions Core Tools instead of the local functions host. */
  func: boolean;
  /** App settings. */
  settings: Record<string, string>;
  onLine: (line: string) => void;
}

/** Starts functions hosts that run the app and share its storage. @returns the hosts with their addresses, in order */
export async function startHosts(options: HostOptions, start: StartPart): Promise<{ host: Child; address: string }[]> {
  const { count, port, bundle, func, settings, onLine } = options;
  const hosts: { host: Child; address: string }[] = [];
  // One after the other, since each builds the bundle into the same folder.
  for (let n = 0; n < count; n += 1) {
    const own = n === 0 ? (port ?? String(await freePort(DEFAULT_PORT))) : '0';
    const child: Omit<ChildOptions, 'ready'> = {
      args: ['--port', own, ...(bundle && !func ? ['--bundle'] : [])],
      env: { ...process.env, ...settings },
      onLine: (line) => onLine(count > 1 ? `[${n + 1}] ${line}` : line),
    };
    const host = func
      ? await startCoreTools(child)
      : await start('../host/main.ts', { ...child, ready: /^Functions host ready at (\S+)$/ });
    hosts.push({ host, address: host.ready[1] ?? '' });
  }
  return hosts;
}
