import { type Child, startChild } from '../childProcess.ts';

/** The addresses of the emulator's services. */
export interface EmulatorAddresses {
  table: string;
  queue: string;
  blob: string;
}

/** The storage emulator in its own process. */
export interface StorageEmulator {
  connectionString: string;
  process: Child;
}

/** The emulator's account and key are published and always the same, so they are not secret. */
const ACCOUNT = 'devstoreaccount1';
const PUBLISHED_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export function emulatorConnectionString({ table, queue, blob }: EmulatorAddresses): string {
  return [
    `DefaultEndpointsProtocol=${new URL(table).protocol.slice(0, -1)}`,
    `AccountName=${ACCOUNT}`,
    `AccountKey=${PUBLISHED_KEY}`,
    `BlobEndpoint=${blob}/${ACCOUNT}`,
    `QueueEndpoint=${queue}/${ACCOUNT}`,
    `TableEndpoint=${table}/${ACCOUNT}`,
  ].join(';');
}

/**
 * Starts the storage emulator on free ports.
 *
 * @param options.ports - the table, queue and blob ports; any free ones by default
 * @param options.tls - PEM files; the emulator then uses TLS and accepts tokens of identities
 * @param options.folder - where to keep the data; in memory by default
 * @throws if it can't start, with its output
 */
export async function startStorageEmulator(
  options: { folder?: string; ports?: EmulatorPorts; tls?: { cert: string; key: string } } = {},
): Promise<StorageEmulator> {
  const { table, queue, blob } = options.ports ?? { table: 0, queue: 0, blob: 0 };
  const child = await startChild(new URL('./main.ts', import.meta.url), {
    args: [
      ...['--table-port', String(table), '--queue-port', String(queue), '--blob-port', String(blob)],
      ...(options.folder ? ['--folder', options.folder] : []),
      ...(options.tls ? ['--cert', options.tls.cert, '--key', options.tls.key] : []),
    ],
    ready: /^Storage emulator ready: (.+)$/,
  });
  return { connectionString: child.ready[1] ?? '', process: child };
}

export interface EmulatorPorts {
  table: number;
  queue: number;
  blob: number;
}
