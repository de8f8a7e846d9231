import type { QueueClient, ReceivedMessageItem } from '@azure/storage-queue';
import { storageStatus } from '../storage/hostStorage.ts';

/** Keeps a message invisible to other hosts while this host processes it. */
export interface MessageLease {
  /** Stops renewing; resolves when a renewal in progress has ended. The message then has its newest pop receipt. */
  end(): Promise<void>;
}

/** The storage service accepts only whole seconds. */
export const toSeconds = (ms: number): number => Math.ceil(ms / 1000);

/**
 * Keeps a message invisible: renews its lease after half of its time, and sooner after a renewal without an answer.
 *
 * @param message - its pop receipt changes with each renewal
 */
export function keepLease(queue: QueueClient, message: ReceivedMessageItem, leaseMs: number): MessageLease {
  let over = false;
  let renewing = Promise.resolve();
  let timer = setTimeout(renew, leaseMs / 2);

  function renew(): void {
    renewing = renewOnce().then((waitMs) => {
      if (!over && waitMs !== undefined) timer = setTimeout(renew, waitMs);
    });
  }

  /** @returns when to renew again, in milliseconds; `undefined` if another host has the message, or it was deleted */
  async function renewOnce(): Promise<number | undefined> {
    try {
      const updated = await queue.updateMessage(message.messageId, message.popReceipt, undefined, toSeconds(leaseMs));
      message.popReceipt = updated.popReceipt ?? message.popReceipt;
      return leaseMs / 2;
    } catch (error) {
      return isTakenOver(error) ? undefined : leaseMs / 8;
    }
  }

  return {
    async end() {
      over = true;
      clearTimeout(timer);
      await renewing;
    },
  };
}

/** Whether the pop receipt is outdated, or the message or its queue was deleted: another host has processed it. */
export function isTakenOver(error: unknown): boolean {
  const status = storageStatus(error);
  return status === 400 || status === 404;
}
