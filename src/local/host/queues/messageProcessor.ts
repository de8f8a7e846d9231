import type { QueueClient, ReceivedMessageItem } from '@azure/storage-queue';
import type { HostLog } from '../hostLog.ts';
import { storageErrorCode, storageStatus } from '../storage/hostStorage.ts';
import { isTakenOver, keepLease, toSeconds } from './messageLease.ts';
import type { QueueSettings } from './queueSettings.ts';
import { decodeMessage } from './queueText.ts';

export const CATEGORY = 'Host.Triggers.Queue';

export interface MessageProcessorOptions {
  queue: QueueClient;
  /** `undefined` for a poison queue: a message that fails there stays invisible until its lease ends. */
  poisonQueue: QueueClient | undefined;
  settings: QueueSettings;
  leaseMs: number;
  log: HostLog;
  /** Runs the function. @returns whether it succeeded */
  run(message: ReceivedMessageItem, text: string): Promise<boolean>;
  /** Called after a message was put on the poison queue. */
  onPoisoned(queueName: string): void;
}

/**
 * Processes received messages.
 *
 * @see azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/QueueProcessor.cs
 */
export class MessageProcessor {
  readonly #options: MessageProcessorOptions;

  constructor(options: MessageProcessorOptions) {
    this.#options = options;
  }

  /** Runs the function for a message, then deletes the message, releases it, or moves it to the poison queue. Never rejects. */
  async process(message: ReceivedMessageItem): Promise<void> {
    const { queue, poisonQueue, settings, leaseMs, run } = this.#options;
    try {
      const text = decodeMessage(message.messageText);
      if (text === undefined || message.dequeueCount > settings.maxDequeueCount) return await this.#poison(message);
      const lease = keepLease(queue, message, leaseMs);
      const succeeded = await run(message, text);
      await lease.end();
      if (succeeded) await this.#delete(message);
      else if (!poisonQueue) return;
      else if (message.dequeueCount >= settings.maxDequeueCount) await this.#poison(message);
      else await this.release(message, settings.visibilityTimeoutMs);
    } catch (error) {
      const text = `Queue message '${message.messageId}' could not be completed and comes back when its lease ends.`;
      this.#options.log.write('error', CATEGORY, `${text} Storage: ${storageErrorCode(error)}`);
    }
  }

  /** Releases a message: it becomes visible to all hosts after this time. */
  async release({ messageId, popReceipt }: ReceivedMessageItem, afterMs: number): Promise<void> {
    try {
      await this.#options.queue.updateMessage(messageId, popReceipt, undefined, toSeconds(afterMs));
    } catch (error) {
      if (!isTakenOver(error)) throw error;
    }
  }

  async #delete({ messageId, popReceipt }: ReceivedMessageItem): Promise<void> {
    try {
      await this.#options.queue.deleteMessage(messageId, popReceipt);
    } catch (error) {
      if (!isTakenOver(error)) throw error;
    }
  }

  async #poison(message: ReceivedMessageItem): Promise<void> {
    const { poisonQueue, settings, log, onPoisoned } = this.#options;
    if (!poisonQueue) return;
    const text = `Message has reached MaxDequeueCount of ${settings.maxDequeueCount}. Moving message to queue '${poisonQueue.name}'.`;
    log.write('warning', CATEGORY, text);
    // Unchanged, even if it is not base64.
    await sendMessage(poisonQueue, message.messageText);
    onPoisoned(poisonQueue.name);
    await this.#delete(message);
  }
}

/** Puts a message on a queue. Creates the queue if it is missing. */
export async function sendMessage(queue: QueueClient, messageText: string): Promise<void> {
  try {
    await queue.sendMessage(messageText);
  } catch (error) {
    if (storageStatus(error) !== 404) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(messageText);
  }
}
