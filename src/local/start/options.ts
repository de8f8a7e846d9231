import { parseArgs } from 'node:util';
import { AUTHENTICATION, type SecuredBy } from '../cluster/makeSecurity.ts';

export const HELP = `Runs the whole app on this machine: a storage emulator, a simulated cluster with example upload sessions, and
a functions host. Sweeps once at the start and then on the schedule, until Ctrl-C.

Usage: npm start -- [options]
  --hosts N        run N functions hosts (1 to 8) that share each sweep (SWEEP_FAN_OUT)
  --secured KIND   secure the cluster; the app authenticates with a certificate (certificate) or Microsoft Entra ID (entra)
  --bundle         build the app and run the bundle, as it is deployed, instead of the sources
  --func           run the app on Azure Functions Core Tools instead of the local functions host
  --log            print the hosts' log here instead of to a file
  --once           end after the first sweep; exit code 0 if every session ended as expected
  --port N         port of the first functions host  (default 7071, or any free port)
  --cluster-port N port of the simulated cluster     (default 19080, or any free port)
  --help           show this`;

const MAX_HOSTS = 8;

/** The parsed command line. */
export interface StartOptions {
  hosts: number;
  secured: SecuredBy | undefined;
  bundle: boolean;
  func: boolean;
  log: boolean;
  once: boolean;
  port: string | undefined;
  clusterPort: string | undefined;
}

/** @returns `undefined` if help was asked for. @throws Error that names the invalid option */
export function readOptions(): StartOptions | undefined {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '1' },
      once: { type: 'boolean', default: false },
      func: { type: 'boolean', default: false },
      bundle: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      secured: { type: 'string' },
      port: { type: 'string' },
      'cluster-port': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const secured = AUTHENTICATION.find((way) => way === values.secured);
  if (values.secured !== undefined && !secured) {
    throw new Error(`--secured ${values.secured} is not one of ${AUTHENTICATION.join(', ')}.`);
  }
  const hosts = Number(values.hosts);
  if (!/^\d$/.test(values.hosts) || hosts < 1 || hosts > MAX_HOSTS) {
    throw new Error(`--hosts ${values.hosts} is not a number from 1 to ${MAX_HOSTS}.`);
  }
  if (values.func && hosts > 1) throw new Error('--func runs one host: leave --hosts out.');
  const { bundle, func, log, once, port, 'cluster-port': clusterPort } = values;
  return { hosts, secured, bundle, func, log, once, port, clusterPort };
}
