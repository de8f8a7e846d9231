import type { ContainerClient } from '@azure/storage-blob';
import type { HostLog } from '../hostLog.ts';
import { StorageSettingError, storageErrorCode } from './hostStorage.ts';
import { type HeldLock, tryLock } from './singletonLock.ts';

const CATEGORY = 'Host.Singleton';

/** Work that may run on only one host. */
export interface SingletonWork {
  /** @throws errors of the storage; it is then started again later */
  start(container: ContainerClient): Promise<void>;
  stop(): Promise<void>;
}

export interface SingletonOptions {
  name: string;
  lockId: string;
  lockPeriodMs: number;
  /** The time between two attempts. */
  pollingMs: number;
  log: HostLog;
  openContainer(): Promise<ContainerClient>;
}

/** Runs work while this host holds the lock for it, among all hosts on the same storage account. */
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
      // Only the first of consecutive errors is logged.
      if (this.#hasStorage) this.#logError(error);
      this.#hasStorage = false;
      if (error instanceof StorageSettingError) return; // A retry cannot help.
    }
    this.#tryLater();
  }

  #tryLater(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#options.pollingMs);
  }

  /** Another host may already have started the work. A run in progress here cannot be stopped. */
  #onLost(): void {
    this.#lock = undefined;
    this.#options.log.write(
      'warning',
      CATEGORY,
      `The lock of '${this.#options.name}' is lost. It does not run until the lock is acquired again.`,
    );
    this.#attempt = this.#work.stop().then(() => this.#tryLater());
  }

  #logError(error: unknown): void {
    const text = `The listener for function '${this.#options.name}' was unable to start.`;
    const why =
      error instanceof StorageSettingError ? error.message : `Storage: ${storageErrorCode(error)}. Trying again.`;
    this.#options.log.write('error', CATEGORY, `${text} ${why}`);
  }
}
