import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EmulatorPorts, type StorageEmulator, startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { openTable } from '../../src/storage/table.ts';

/** The storage emulator with its data in a folder, so that it can be restarted with the same data and address. */
export class StorageUnderTest {
  readonly #folder: string;
  #emulator: StorageEmulator;

  private constructor(folder: string, emulator: StorageEmulator) {
    this.#folder = folder;
    this.#emulator = emulator;
  }

  static async start(): Promise<StorageUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'faults-storage-'));
    return new StorageUnderTest(folder, await startStorageEmulator({ folder }));
  }

  get connectionString(): string {
    return this.#emulator.connectionString;
  }

  /** Stops it and restarts it after `downMs` milliseconds. */
  async interrupt(how: 'kill' | 'stop', downMs: number): Promise<void> {
    const ports = this.#ports();
    await this.#emulator.process[how]();
    await wait(downMs);
    this.#emulator = await startStorageEmulator({ folder: this.#folder, ports });
  }

  /**
   * Waits until everything that was written is on the disk. The emulator saves every few seconds; a kill loses what came
   * after that. The real service never loses what it has acknowledged.
   */
  async waitUntilSaved(): Promise<void> {
    const rowKey = randomUUID();
    const marks = openTable({ connectionString: this.connectionString }, 'marks');
    await marks.createTable();
    await marks.createEntity({ partitionKey: 'saved', rowKey });
    const file = join(this.#folder, '__azurite_db_table__.json');
    while (!(await readFile(file, 'utf8')).includes(rowKey)) await wait(100);
  }

  async close(): Promise<void> {
    await this.#emulator.process.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #ports(): EmulatorPorts {
    const portOf = (service: string) =>
      Number(new RegExp(`${service}Endpoint=http://[^:]+:(\\d+)`).exec(this.connectionString)?.[1]);
    return { table: portOf('Table'), queue: portOf('Queue'), blob: portOf('Blob') };
  }
}
