/**
 * Command line of the local functions host: `node src/local/host/main.ts --help`.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPort } from '../commandLine.ts';
import { reachLoopbackDirectly } from '../directLoopback.ts';
import { type FunctionsHost, startFunctionsHost } from './functionsHost.ts';
import type { HostKeys } from './http/keys.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const DEFAULT_PORT = 7071;
/** npm forwards a Ctrl-C that the terminal has already sent to the whole process group: one key press makes two signals. */
const SAME_KEY_PRESS_MS = 500;
/** The limit of the storage service: seven days. */
const MAX_LEASE_S = 604_800;

const HELP = `Runs a functions app on this machine, on loopback only. By default it does not check keys.

  node src/local/host/main.ts [options]

  --port <n>      port to listen on, 0 for any free port (default: PORT, else ${DEFAULT_PORT})
  --app <dir>     the app's directory (default: this project)
  --entry <file>  file that registers the functions (default: src/index.ts of the app)
  --bundle        load package.json's "main" instead, as Azure does; builds this project's app first
  --queue-lease <s>
                  seconds for which a queue message is invisible to other hosts, renewed while its function runs
                  (default: 600, as on the real host; the message of a killed host is invisible for this time)
  --enable-auth   check keys: FUNCTIONS_HOST_KEY is for all functions, FUNCTIONS_FUNCTION_KEY_{function} for one
                  function, FUNCTIONS_MASTER_KEY for everything
  --help          print this

App settings are read from the environment and local.settings.json; the environment takes precedence.
Ctrl-C waits for running functions; a second Ctrl-C does not.`;

reachLoopbackDirectly();
// The keys are for the host only. They are not passed to the app.
const { FUNCTIONS_MASTER_KEY, FUNCTIONS_HOST_KEY, ...others } = process.env;
const FUNCTION_KEY = 'FUNCTIONS_FUNCTION_KEY_';
const isFunctionKey = ([name]: [string, unknown]) => name.startsWith(FUNCTION_KEY);
const environment = Object.fromEntries(Object.entries(others).filter((variable) => !isFunctionKey(variable)));

try {
  await main();
} catch (error) {
  fail(error as Error);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      app: { type: 'string' },
      entry: { type: 'string' },
      bundle: { type: 'boolean' },
      'queue-lease': { type: 'string' },
      'enable-auth': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(HELP);

  let host: FunctionsHost | undefined;
  let interruptedAt: number | undefined;
  const end = () => {
    if (host) void host.close();
    else process.exit(0); // Still starting. The worker ends when this process has ended.
  };
  // With the real `func`, Ctrl-C also reaches the worker, which ends at once. Here Ctrl-C has the same effect as SIGTERM at a deployment.
  process.on('SIGINT', () => {
    if (interruptedAt !== undefined && Date.now() - interruptedAt > SAME_KEY_PRESS_MS) process.exit(130);
    interruptedAt ??= Date.now();
    end();
  });
  process.on('SIGTERM', end);
  // If another process of this project started the host, the host ends with it.
  if (process.connected) process.on('disconnect', end);

  const keys: HostKeys = {
    ...(FUNCTIONS_MASTER_KEY && { masterKey: FUNCTIONS_MASTER_KEY }),
    ...(FUNCTIONS_HOST_KEY && { hostKey: FUNCTIONS_HOST_KEY }),
    functionKeys: Object.fromEntries(
      Object.entries(others)
        .filter(isFunctionKey)
        .map(([name, key]) => [name.slice(FUNCTION_KEY.length), key ?? '']),
    ),
  };
  if (values.app === undefined) {
    if (values.bundle) await (await import('../build/buildApp.ts')).buildApp();
    else await (await import('../build/buildPage.ts')).buildPageIfChanged();
  }
  host = await startFunctionsHost({
    appDirectory: values.app === undefined ? PROJECT : resolve(values.app),
    port: readPort('port', values.port ?? (environment['PORT'] || String(DEFAULT_PORT))),
    entry: values.bundle ? { bundle: true } : values.entry && resolve(values.app ?? PROJECT, values.entry),
    environment,
    queueLeaseMs: leaseFrom(values['queue-lease']),
    keys: values['enable-auth'] ? keys : undefined,
    writeLine: (line) => process.stdout.write(`${line}\n`),
  });
  const reason = await host.ended;
  // Exits explicitly: an open connection of a client or a lost lease must not delay the end.
  process.exit(reason ? 1 : 0);
}

function leaseFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_LEASE_S)
    throw new Error(`--queue-lease ${text} is not a number of seconds (1 to ${MAX_LEASE_S}).`);
  return seconds * 1000;
}

function fail(error: Error): never {
  const { code } = error as NodeJS.ErrnoException;
  const text =
    code === 'EADDRINUSE'
      ? `${error.message.replace(/^listen EADDRINUSE: /, '')}. Choose another with --port.`
      : error.message;
  console.error(`The functions host could not start: ${text}`);
  process.exit(1);
}
