import { parseArgs } from 'node:util';
import { SecretFolder } from '../certificates/secretFolder.ts';
import { readPort, untilAskedToEnd } from '../commandLine.ts';
import { startIdentityEndpoint } from './identityEndpoint.ts';

const HELP = `Runs an endpoint that issues tokens by the App Service protocol for managed identities, and a listener to control
it, on loopback only. It writes the settings that an app needs to a folder that only you can read.

  --port PORT           the port of the endpoint (default 0: any free port)
  --control-port PORT   the port of the control listener (default 0: any free port)
  --help                show this
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  // Before anything is started, so that an early signal is not missed.
  const ended = untilAskedToEnd();
  const identity = await startIdentityEndpoint({
    port: readPort('port', values.port),
    controlPort: readPort('control-port', values['control-port']),
  });
  const folder = await SecretFolder.make('identity-endpoint-');
  try {
    const publicKey = await folder.write(
      'token-key.pem',
      identity.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    );
    const settings = await folder.writeSettings('client.env', {
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.secret,
    });
    console.log(
      `Identity endpoint ready at ${identity.endpoint} (control ${identity.controlEndpoint}, ` +
        `tokens checked with ${publicKey}, client settings in ${settings})`,
    );
    await ended;
  } finally {
    await identity.close();
    await folder.remove();
  }
}

main().then(
  () => process.exit(0),
  (error: NodeJS.ErrnoException & { port?: number }) => {
    const why = error.code === 'EADDRINUSE' ? `Port ${error.port} is in use.` : error.message;
    console.error(`The identity endpoint can't start: ${why}`);
    process.exit(1);
  },
);
