import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { openTable } from '../../storage/table.ts';
import { SecretFolder } from '../certificates/secretFolder.ts';
import { type Child, startChild } from '../childProcess.ts';
import { type SecuredBy, WAYS_IN } from '../cluster/makeSecurity.ts';
import { reachLoopbackDirectly } from '../directLoopback.ts';
import { startStorageEmulator } from '../storage/azurite.ts';
import { startCoreTools } from './coreTools.ts';
import { makeExampleSessions } from './exampleSessions.ts';
import { endedWell, firstSweep } from './firstSweep.ts';
import { freePort } from './freePort.ts';
import { mebibytes, nextSteps, sweepReport } from './print.ts';
import { startCluster } from './startCluster.ts';

const HELP = `The whole app on this machine: a storage emulator, a simulated cluster with example upload sessions, and a
functions host that runs the app. Sweeps once at the start and then on its schedule, until Ctrl-C.

Usage: npm start -- [options]
  --secured WAY    secure the cluster, and get in by certificate or by Microsoft Entra ID (entra)
  --bundle         build the app and run the bundle, as it is deployed, instead of the sources
  --func           run the app on Azure Functions Core Tools instead of the local functions host
  --once           end after the first sweep; exit code 0 when it went well
  --port N         the functions host's port   (default 7071, or any that is free)
  --cluster-port N the simulated cluster's     (default 19080, or any that is free)
  --help           show this`;

const CLUSTER_NAME = 'default';
const TABLES = { sessions: 'UploadSessions', outcomes: 'UploadSessionOutcomes', runs: 'SweepRuns' };

/** Ended in reverse order: the app first, so that it can still record what it has under way. */
const children: Child[] = [];
/** The host's log lines, shown at once when there is someone to read on. */
let showLog = false;
/** Holds the settings for a command line beside the app. */
let secrets: SecretFolder | undefined;

reachLoopbackDirectly();
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const child of children.reverse()) await child.stop();
  await secrets?.remove();
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      func: { type: 'boolean', default: false },
      bundle: { type: 'boolean', default: false },
      secured: { type: 'string' },
      port: { type: 'string' },
      'cluster-port': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const secured = WAYS_IN.find((way) => way === values.secured);
  if (values.secured !== undefined && !secured) {
    throw new Error(`--secured ${values.secured} is none of ${WAYS_IN.join(', ')}.`);
  }
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
  const demonstrated = demonstrate({ ...values, secured });
  const first = await Promise.race([demonstrated, interrupted.then(() => 'interrupted' as const)]);
  if (first === 'interrupted' || values.once) {
    demonstrated.catch(() => {}); // What it is in the middle of fails when the parts end.
    return first === 'interrupted' ? 130 : first;
  }
  console.log('\nServing and sweeping on. Ctrl-C ends everything.\n');
  showLog = true;
  const ended = children.map((child) => child.ended);
  const hasEnded = await Promise.race([interrupted.then(() => false), ...ended.map((one) => one.then(() => true))]);
  if (!hasEnded) return 0;
  throw new Error(`A part has ended by itself:\n${children.at(-1)?.output()}`);
}

/** Starts all parts, sweeps once and says what happened. @returns the exit code that this deserves */
async function demonstrate(values: {
  port?: string;
  'cluster-port'?: string;
  once: boolean;
  func: boolean;
  bundle: boolean;
  secured: SecuredBy | undefined;
}): Promise<number> {
  console.log('Starting storage emulator, simulated cluster and functions host on this machine ...');
  const [storage, cluster] = await Promise.all([
    startStorageEmulator(),
    startCluster(values['cluster-port'] ?? String(await freePort(19_080)), values.secured, start),
  ]);
  children.unshift(storage.process);
  const { gateway, control, folder, wayIn } = cluster;
  const { connectionString } = storage;
  const tables = (name: keyof typeof TABLES) => openTable({ connectionString }, TABLES[name]);
  const examples = await makeExampleSessions(cluster, tables('sessions'), CLUSTER_NAME);

  const settings = {
    AzureWebJobsStorage: connectionString,
    SESSION_STORAGE: 'AzureWebJobsStorage',
    SESSION_TABLE: TABLES.sessions,
    OUTCOME_TABLE: TABLES.outcomes,
    RUN_TABLE: TABLES.runs,
    SESSION_SHARDS: '1',
    SWEEP_FAN_OUT: 'false',
    CLUSTER_NAME,
    CLUSTER_ID: '',
    ...cluster.settings,
  };
  const hostOptions = {
    args: [
      '--port',
      values.port ?? String(await freePort(7071)),
      ...(values.bundle && !values.func ? ['--bundle'] : []),
    ],
    env: { ...process.env, ...settings },
    onLine: (line: string) => {
      if (showLog) console.log(line);
    },
  };
  const host = values.func
    ? await startCoreTools(hostOptions)
    : await start('../host/main.ts', { ...hostOptions, ready: /^Functions host ready at (\S+)$/ });
  if (values.func) children.push(host);
  const [, address = ''] = host.ready;
  const before = (await control.disk()).staging.bytes;
  console.log(`
  functions host     ${address}
  simulated cluster  ${gateway}, with ${mebibytes(before)} of staged chunks in ${folder}
  way in             ${wayIn.join('\n                     ')}
  storage emulator   in memory

Uploads were begun and left behind in every way there is. The first sweep:
`);
  const sweep = await firstSweep(address, tables('outcomes'), tables('runs'));
  const after = (await control.disk()).staging.bytes;
  console.log(sweepReport(examples, sweep, { before, after }));
  const well = endedWell(sweep, examples);
  if (!well) console.error(`\nThe sweep did not end as it should. The functions host's log:\n${host.output()}`);
  if (!values.once) {
    secrets = await SecretFolder.make('upload-session-sweeper-');
    const settingsFile = await secrets.write('settings.json', JSON.stringify({ IsEncrypted: false, Values: settings }));
    console.log(`\n${nextSteps({ host: address, cluster: cluster.controlEndpoint, settingsFile }, examples)}`);
  }
  return well ? 0 : 1;
}

async function start(script: string, options: Parameters<typeof startChild>[1]): Promise<Child> {
  const child = await startChild(new URL(script, import.meta.url), options);
  children.push(child);
  return child;
}
