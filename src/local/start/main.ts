import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { openTable } from '../../storage/table.ts';
import { SecretFolder } from '../certificates/secretFolder.ts';
import { type Child, startChild } from '../childProcess.ts';
import { reachLoopbackDirectly } from '../directLoopback.ts';
import { startStorageEmulator } from '../storage/azurite.ts';
import { exampleCommands } from './exampleCommands.ts';
import { makeExampleSessions } from './exampleSessions.ts';
import { endedAsExpected, firstSweep } from './firstSweep.ts';
import { freePort } from './freePort.ts';
import { HELP, readOptions, type StartOptions } from './options.ts';
import { describeParts, nextSteps, sweepReport } from './print.ts';
import { startCluster } from './startCluster.ts';
import { startHosts } from './startHosts.ts';

const CLUSTER_NAME = 'default';
const TABLES = { sessions: 'UploadSessions', outcomes: 'UploadSessionOutcomes', runs: 'SweepRuns' };
const SHARDS_OF_SEVERAL_HOSTS = 16;

/** Stopped in reverse order: the app first, so that it can record what is in progress. */
const children: Child[] = [];
/** Contains the settings for the command line, and the hosts' log. They are secret. */
let folder: SecretFolder | undefined;
let log: WriteStream | undefined;

reachLoopbackDirectly();
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const child of children.reverse()) await child.stop();
  log?.end();
  await folder?.remove();
}

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) {
    console.log(HELP);
    return 0;
  }
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
  const demonstrated = demonstrate(options);
  const first = await Promise.race([demonstrated, interrupted.then(() => 'interrupted' as const)]);
  if (first === 'interrupted' || options.once) {
    demonstrated.catch(() => {}); // It fails when the parts end.
    return first === 'interrupted' ? 130 : first;
  }
  const ended = children.map((child) => child.ended.then(() => child));
  const broken = await Promise.race([interrupted.then(() => undefined), ...ended]);
  if (!broken) return 0;
  throw new Error(`A part has ended unexpectedly:\n${broken.output()}`);
}

/** Starts all parts, sweeps once and reports the result. @returns the exit code */
async function demonstrate(options: StartOptions): Promise<number> {
  const clearProgress = showProgress('Starting storage emulator, simulated cluster and functions host ...');
  const [storage, cluster] = await Promise.all([
    startStorageEmulator(),
    startCluster(options.clusterPort ?? String(await freePort(19_080)), options.secured, start),
  ]);
  children.unshift(storage.process);
  const { control } = cluster;
  const { connectionString } = storage;
  const tables = (name: keyof typeof TABLES) => openTable({ connectionString }, TABLES[name]);
  const shards = options.hosts > 1 ? SHARDS_OF_SEVERAL_HOSTS : 1;
  const examples = await makeExampleSessions(cluster, tables('sessions'), CLUSTER_NAME, shards);
  const settings = {
    AzureWebJobsStorage: connectionString,
    SESSION_STORAGE: 'AzureWebJobsStorage',
    SESSION_TABLE: TABLES.sessions,
    OUTCOME_TABLE: TABLES.outcomes,
    RUN_TABLE: TABLES.runs,
    SESSION_SHARDS: String(shards),
    SWEEP_FAN_OUT: String(options.hosts > 1),
    CLUSTER_NAME,
    CLUSTER_ID: '',
    // Once a year: a scheduled sweep must not start during the only one.
    ...(options.once && { SWEEP_SCHEDULE: '0 0 0 1 1 *' }),
    ...cluster.settings,
  };
  const logFile = await openLog(options);
  const started = await startHosts({ ...options, count: options.hosts, settings, onLine: writeLog(options) }, start);
  if (options.func) children.push(...started.map(({ host }) => host));
  const hosts = started.map(({ address }) => address);
  const [host = ''] = hosts;

  const before = (await control.disk()).staging.bytes;
  const sweep = await firstSweep(host, tables('outcomes'), tables('runs'));
  const after = (await control.disk()).staging.bytes;
  clearProgress();
  console.log(`${describeParts({ hosts, cluster, logFile })}\n\n${sweepReport(examples, sweep, { before, after })}`);
  const succeeded = endedAsExpected(sweep, examples);
  if (!succeeded) {
    const output = started.map((one) => one.host.output()).join('\n');
    console.error(`\nThe sweep did not end as expected. The functions host's log:\n${output}`);
  }
  if (folder) {
    const settingsFile = await folder.write('settings.json', JSON.stringify({ Values: settings }));
    const targets = { host, control: cluster.controlEndpoint, settingsFile };
    const commandsFile = await folder.write('try-next.txt', exampleCommands(targets, examples));
    console.log(`\n${nextSteps({ settingsFile, commandsFile })}`);
  }
  return succeeded ? 0 : 1;
}

/** Shows a line until the result is there, if stderr is a terminal. @returns removes the line */
function showProgress(line: string): () => void {
  if (!process.stderr.isTTY) return () => {};
  process.stderr.write(line);
  return () => process.stderr.write('\r\u001B[K');
}

/** Makes the folder, unless the program ends after the first sweep. @returns the log file, if the log is written to one */
async function openLog({ once: endsSoon, log: printsLog }: StartOptions): Promise<string | undefined> {
  if (endsSoon) return undefined;
  folder = await SecretFolder.make('sweep-');
  if (printsLog) return undefined;
  const file = join(folder.path, 'host.log');
  log = createWriteStream(file, { mode: 0o600 });
  return file;
}

function writeLog({ log: printsLog }: StartOptions): (line: string) => void {
  return (line) => {
    if (printsLog) console.log(line);
    else log?.write(`${line}\n`);
  };
}

async function start(script: string, options: Parameters<typeof startChild>[1]): Promise<Child> {
  const child = await startChild(new URL(script, import.meta.url), options);
  children.push(child);
  return child;
}
