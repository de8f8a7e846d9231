import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { emulatorConnectionString } from './azurite.ts';

const HELP = `Runs the storage emulator (Azurite), on loopback only.

Usage: npm run storage -- [options]
  --table-port N   port of the tables   (default 10002; 0: any free port)
  --queue-port N   port of the queues   (default 10001; 0: any free port)
  --blob-port N    port of the blobs    (default 10000; 0: any free port)
  --folder DIR     keep the data in this folder (default: in memory, lost at the end)
  --cert FILE --key FILE
                   use TLS with this certificate (PEM), and accept tokens of identities`;

const CLOSE_MS = 3_000;

const { values } = parseArgs({
  options: {
    'table-port': { type: 'string', default: '10002' },
    'queue-port': { type: 'string', default: '10001' },
    'blob-port': { type: 'string', default: '10000' },
    folder: { type: 'string' },
    cert: { type: 'string' },
    key: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  runAzurite();
}

/**
 * Runs Azurite in this process, so that no other process is left when it ends. Azurite is a program, not a library: it reads its
 * options from the command line and prints its addresses.
 */
function runAzurite(): void {
  // Ends with the parent process.
  process.once('disconnect', () => process.exit());
  // Azurite waits for idle connections of its clients before it ends. That is not needed for data in memory; a folder is written
  // within this time.
  for (const sign of ['SIGINT', 'SIGTERM'] as const) {
    process.once(sign, () => setTimeout(() => process.exit(), values.folder ? CLOSE_MS : 0));
  }
  process.argv.splice(
    2,
    Number.POSITIVE_INFINITY,
    ...['--silent', '--disableTelemetry', '--skipApiVersionCheck'],
    ...(values.cert && values.key ? ['--oauth', 'basic', '--cert', values.cert, '--key', values.key] : []),
    ...(values.folder ? ['--location', values.folder] : ['--inMemoryPersistence']),
    ...['--tablePort', values['table-port'], '--queuePort', values['queue-port'], '--blobPort', values['blob-port']],
  );
  const addresses: Record<string, string> = {};
  const print = console.log;
  console.log = (...what: unknown[]) => {
    const [, service, address] = /Azurite (\w+) service is successfully listening at (\S+)/.exec(String(what[0])) ?? [];
    if (service && address) addresses[service] = address;
    const { Table, Queue, Blob } = addresses;
    if (service && Table && Queue && Blob) {
      print(`Storage emulator ready: ${emulatorConnectionString({ table: Table, queue: Queue, blob: Blob })}`);
    }
  };
  createRequire(import.meta.url)('azurite/dist/src/azurite.js');
}
