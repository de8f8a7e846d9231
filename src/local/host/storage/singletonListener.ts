import type { ContainerClient } from '@azure/storage-blob';
import type { HostLog } from '../hostLog.ts';
import { StorageSettingError, storageFault } from './hostStorage.ts';
import { type HeldLock, tryLock } from './singletonLock.ts';

const CATEGORY = 'Host.Singleton';

/** What may run on one host only. */
export interface SingletonWork {
  /** @throws what the storage throws: it is started anew later */
  start(container: ContainerClient): Promise<void>;
  stop(): Promise<void>;
}

export interface SingletonOptions {
  name: string;
  lockId: string;
  lockPeriodMs: number;
  /** Between two attempts, in milliseconds. */
  pollingMs: number;
  log: HostLog;
  openContainer(): Promise<ContainerClient>;
}

/** Does some work as long as this host, of all on the same storage account, holds the lock for it. */
export class SingletonListener {
  readonly #options: SingletonOptions;
  readonly #work: SingletonWork;
  #lock: HeldLock | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #hasStorage = true;

  constructor(options: SingletonOptions, work: SingletonWork) {
    this.#options = options;
    this.#work = work;
  }

  start(): void {
    this.#attempt = this.#tryStart();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#attempt;
    await this.#work.stop();
    await this.#lock?.release();
  }

  async #tryStart(): Promise<void> {
    const { lockId, lockPeriodMs, log, name } = this.#options;
    try {
      const container = await this.#options.openContainer();
      this.#lock = await tryLock(container, lockId, lockPeriodMs, () => this.#onLost());
      if (!this.#hasStorage) log.write('information', CATEGORY, `The storage of '${name}' answers again.`);
      this.#hasStorage = true;
      if (!this.#lock) log.write('debug', CATEGORY, `Unable to acquire Singleton lock (${lockId}).`);
      else if (!this.#stopped) return await this.#work.start(container);
    } catch (error) {
      await this.#lock?.release();
      this.#lock = undefined;
      // One line for as long as it lasts, however often it is tried.
      if (this.#hasStorage) this.#tellFault(error);
      this.#hasStorage = false;
      if (error instanceof StorageSettingError) return; // No use in trying again.
    }
    this.#tryLater();
  }

  #tryLater(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#options.pollingMs);
  }

  /** Another host may be doing the work by now. A run under way here cannot be stopped. */
  #onLost(): void {
    this.#lock = undefined;
    this.#options.log.write(
      'warning',
      CATEGORY,
      `The lock of '${this.#options.name}' is lost; it runs no more until it is back.`,
    );
    this.#attempt = this.#work.stop().then(() => this.#tryLater());
  }

  #tellFault(error: unknown): void {
    const text = `The listener for function '${this.#options.name}' was unable to start.`;
    const why = error instanceof StorageSettingError ? error.message : `Storage: ${storageFault(error)}. Trying again.`;
    this.#options.log.write('error', CATEGORY, `${text} ${why}`);
  }
}
