import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';

const AZURITE = join(dirname(createRequire(import.meta.url).resolve('azurite/package.json')), 'dist/src/blob/main.js');
/** The emulator's account, which is published. */
const ACCOUNT =
  'AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface BlobStorage {
  port: number;
  stop(): Promise<void>;
}

export function connectionString(port: number): string {
  return `DefaultEndpointsProtocol=http;${ACCOUNT};BlobEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`;
}

/** Only the blob service of Azurite, on a free port, in memory. */
export async function startBlobStorage(): Promise<BlobStorage> {
  const options = [
    '--silent',
    '--inMemoryPersistence',
    '--disableTelemetry',
    '--skipApiVersionCheck',
    '--blobPort',
    '0',
  ];
  const child = spawn(process.execPath, [AZURITE, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /successfully listen\w* (?:at|on) http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
      if (found) resolve(Number(found[1]));
    });
    child.on('close', () => reject(new Error(`Azurite ended: ${output}`)));
  });
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** A proxy to a storage that can be closed and opened, to simulate an outage. */
export class Gate {
  readonly #target: number;
  readonly #server;
  #open = true;
  #refused = 0;
  port = 0;

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      if (!this.#open) {
        socket.destroy();
        this.#refused++;
        this.#server.emit('refused');
        return;
      }
      const onward = connect(this.#target, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      onward.on('close', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as { port: number }).port;
  }

  set open(open: boolean) {
    this.#open = open;
  }

  /** Resolves when this number of connections was refused. */
  async refusals(count: number): Promise<void> {
    while (this.#refused < count) await once(this.#server, 'refused');
  }

  close(): void {
    this.#server.close();
  }
}
