import { parseArgs } from 'node:util';
import { type MadeSecurity, makeSecurity, type SecuredBy, WAYS_IN } from './makeSecurity.ts';
import { type SimulatedClusterOptions, startSimulatedCluster } from './simulatedCluster.ts';

const HELP = `Runs a simulated Service Fabric cluster: its HTTP gateway endpoint with the upload-session operations of the
image store, real chunk files, and a listener to steer it. On loopback only.

  --port PORT          the gateway's port (default 19080; 0: any that is free)
  --control-port PORT  the control listener's port (default 0: any that is free)
  --folder DIR         where the chunk files are kept (default: a temporary folder, removed at the end)
  --cluster-id ID      refuse requests whose ClusterId header says something else
  --linux              be a cluster that has no upload-session operations
  --secured WAY        speak TLS, and let in by certificate or by Microsoft Entra ID (entra); what clients need is written to
                       a folder that nobody else can read
  --entra-key FILE     with entra: the public key that tokens are checked with, PEM
  --help               show this
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '19080' },
      'control-port': { type: 'string', default: '0' },
      folder: { type: 'string' },
      'cluster-id': { type: 'string' },
      linux: { type: 'boolean', default: false },
      secured: { type: 'string' },
      'entra-key': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

function readPort(option: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`--${option} ${text} is no port (0 to 65535).`);
  return port;
}

function readWayIn(text: string | undefined): SecuredBy | undefined {
  const way = WAYS_IN.find((each) => each === text);
  if (text !== undefined && !way) throw new Error(`--secured ${text} is none of ${WAYS_IN.join(', ')}.`);
  return way;
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code === 'EADDRINUSE') return `Port ${error.port} is taken. Give another one, or 0 for any that is free.`;
  if (error.code === 'EACCES' && error.port)
    return `Port ${error.port} may not be used. Give another one, or 0 for any that is free.`;
  return error.message;
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.help) {
    process.stdout.write(HELP);
    return;
  }
  // Listened for from the start, so that nobody's goodbye is missed. Whoever started this as a child with a channel
  // takes it along when it ends, however it ends.
  const ended = new Promise<void>((resolve) => {
    for (const sign of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(sign, () => resolve());
  });
  const [port, controlPort] = [readPort('port', args.port), readPort('control-port', args['control-port'])];
  const wayIn = readWayIn(args.secured);
  const made = wayIn && (await makeSecurity(wayIn, args['entra-key']));
  try {
    await run({ port, controlPort, folder: args.folder, clusterId: args['cluster-id'] }, made, args.linux, ended);
  } finally {
    await made?.folder.remove();
  }
}

async function run(
  options: SimulatedClusterOptions,
  made: MadeSecurity | undefined,
  linux: boolean,
  ended: Promise<void>,
): Promise<void> {
  const cluster = await startSimulatedCluster({ ...options, security: made?.security });
  if (linux) await cluster.control.setLinux(true);
  const settings = made && `, client settings in ${await made.writeSettings(cluster.endpoint)}`;
  console.log(
    `Simulated cluster ready at ${cluster.endpoint} ` +
      `(control ${cluster.controlEndpoint}, chunks in ${cluster.folder}${settings ?? ''})`,
  );
  await ended;
  await cluster.close();
}

main().then(
  () => process.exit(0),
  (error: NodeJS.ErrnoException) => {
    console.error(`The simulated cluster can't start: ${explain(error)}`);
    process.exit(1);
  },
);
