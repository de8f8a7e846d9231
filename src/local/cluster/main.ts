import { parseArgs } from 'node:util';
import { readPort, untilAskedToEnd } from '../commandLine.ts';
import type { MadeSecurity } from './makeSecurity.ts';
import { readSecurityOptions } from './securityOptions.ts';
import { type SimulatedClusterOptions, startSimulatedCluster } from './simulatedCluster.ts';

const HELP = `Runs a simulated Service Fabric cluster, on loopback only: an HTTP gateway endpoint with the upload-session
operations of the image store, real chunk files, and a listener to control it.

  --port PORT          the gateway's port (default 19080; 0: any free port)
  --control-port PORT  the port of the control listener (default 0: any free port)
  --folder DIR         the folder for the chunk files (default: a temporary folder, removed at the end)
  --cluster-id ID      reject requests with another ClusterId header
  --linux              simulate a Linux cluster, which has no upload-session operations
  --secured KIND       use TLS, and authenticate clients by certificate or by Microsoft Entra ID (entra); the settings and
                       certificates for clients are written to a folder that only you can read
  --entra-key FILE     with entra: the public key that verifies tokens, PEM
  --exclusive          with entra: accept only certificates on the gateway's port, and tokens on another port
  --token-port PORT    with --exclusive: the port for tokens (default 0: any free port)
  --ask WHEN           when to request client certificates: in-handshake (default), or after-request, as the Windows
                       gateway does (over TLS 1.3 that is not possible, and clients are refused)
  --tls VERSION        use only this version of TLS: 1.2 or 1.3 (default: both)
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
      exclusive: { type: 'boolean' },
      'token-port': { type: 'string', default: '0' },
      ask: { type: 'string' },
      tls: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code === 'EADDRINUSE') return `Port ${error.port} is in use. Choose another one, or 0 for any free port.`;
  if (error.code === 'EACCES' && error.port)
    return `Port ${error.port} is not permitted. Choose another one, or 0 for any free port.`;
  return error.message;
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.help) {
    process.stdout.write(HELP);
    return;
  }
  // Before anything is started, so that an early signal is not missed.
  const ended = untilAskedToEnd();
  const port = readPort('port', args.port);
  const controlPort = readPort('control-port', args['control-port']);
  const tokenPort = readPort('token-port', args['token-port']);
  const made = await readSecurityOptions(args);
  try {
    await run(
      { port, controlPort, tokenPort, folder: args.folder, clusterId: args['cluster-id'] },
      made,
      args.linux,
      ended,
    );
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
  const settings = made && `, client settings in ${await made.writeSettings(cluster)}`;
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
