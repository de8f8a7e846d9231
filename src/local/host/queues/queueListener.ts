import type { ReceivedMessageItem } from '@azure/storage-queue';
import type { HostLog } from '../hostLog.ts';
import { StorageSettingError, storageErrorCode } from '../storage/hostStorage.ts';
import { backoffMs } from './backoff.ts';
import { toSeconds } from './messageLease.ts';
import { CATEGORY, MessageProcessor, type MessageProcessorOptions } from './messageProcessor.ts';
import type { QueueSettings } from './queueSettings.ts';

const SHORTEST_WAIT_MS = 100;

export interface QueueListenerOptions {
  functionName: string;
  queueName: string;
  settings: QueueSettings;
  leaseMs: number;
  log: HostLog;
  /** @throws StorageSettingError if the storage is not configured */
  open(): Promise<Pick<MessageProcessorOptions, 'queue' | 'poisonQueue' | 'run' | 'onPoisoned'>>;
}

/**
 * Polls a queue, and processes its messages: at once while there are messages, otherwise with randomized exponential backoff. Hosts that
 * share a queue share its messages.
 *
 * @see azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/Listeners/QueueListener.cs
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #processing = new Set<Promise<void>>();
  readonly #stopping = Promise.withResolvers<void>();
  #opened: { queue: MessageProcessorOptions['queue']; processor: MessageProcessor } | undefined;
  #listening: Promise<void> = Promise.resolve();
  #stopped = false;
  #exists = false;
  #isReadable = true;
  #wake: () => void = () => {};

  constructor(options: QueueListenerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listening = this.#listen();
  }

  /** Ends the current wait, because a message was put on the queue. */
  notify(): void {
    this.#wake();
  }

  /** Stops receiving, and resolves when all received messages are processed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    await this.#listening;
    await Promise.all(this.#processing);
  }

  async #listen(): Promise<void> {
    const { newBatchThreshold, maxPollingIntervalMs } = this.#options.settings;
    let waits = 0;
    while (!this.#stopped) {
      const messages = await this.#receive();
      for (const message of messages) this.#process(message);
      if (messages.length > 0) {
        waits = 0;
        while (!this.#stopped && this.#processing.size > newBatchThreshold) {
          await Promise.race([this.#stopping.promise, ...this.#processing]);
        }
      } else if (!this.#stopped) {
        waits += 1;
        await this.#wait(backoffMs(waits, SHORTEST_WAIT_MS, maxPollingIntervalMs));
      }
    }
  }

  async #receive(): Promise<ReceivedMessageItem[]> {
    const { settings, leaseMs, queueName, log } = this.#options;
    try {
      const { queue, processor } = await this.#open();
      // A missing queue is not an error. The host does not create it.
      this.#exists ||= await queue.exists();
      if (!this.#exists) return [];
      const received = await queue.receiveMessages({
        numberOfMessages: settings.batchSize,
        visibilityTimeout: toSeconds(leaseMs),
      });
      if (!this.#isReadable) log.write('information', CATEGORY, `The queue '${queueName}' answers again.`);
      this.#isReadable = true;
      if (!this.#stopped) return received.receivedMessageItems;
      // Other hosts need not wait for the end of the lease.
      await Promise.all(received.receivedMessageItems.map((message) => processor.release(message, 0)));
    } catch (error) {
      this.#onError(error);
    }
    return [];
  }

  async #open() {
    if (this.#opened) return this.#opened;
    const opened = await this.#options.open();
    this.#opened = { queue: opened.queue, processor: new MessageProcessor({ ...this.#options, ...opened }) };
    return this.#opened;
  }

  /** Logs only the first of consecutive errors. */
  #onError(error: unknown): void {
    const { functionName, queueName, log } = this.#options;
    this.#exists = false;
    if (this.#isReadable) {
      const isSetting = error instanceof StorageSettingError;
      const why = isSetting ? error.message : `Storage: ${storageErrorCode(error)}. Trying again.`;
      log.write('error', CATEGORY, `The queue '${queueName}' of function '${functionName}' can't be read. ${why}`);
    }
    this.#isReadable = false;
    if (error instanceof StorageSettingError) this.#stopped = true; // A retry cannot help.
  }

  #process(message: ReceivedMessageItem): void {
    const work = this.#opened?.processor.process(message) ?? Promise.resolve();
    this.#processing.add(work);
    void work.finally(() => this.#processing.delete(work));
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#stopping.promise]);
    clearTimeout(timer);
  }
}
