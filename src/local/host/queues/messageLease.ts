import type { QueueClient, ReceivedMessageItem } from '@azure/storage-queue';
import { storageStatus } from '../storage/hostStorage.ts';

/** A message that others don't get to see as long as this host works on it. */
export interface MessageLease {
  /** Renews it no more; resolves when a renewal under way is over. The message then has its newest pop receipt. */
  end(): Promise<void>;
}

/** What the storage service takes: whole seconds. */
export const toSeconds = (ms: number): number => Math.ceil(ms / 1000);

/**
 * Keeps a message invisible: renews its lease at half of it, and sooner after a renewal that got no answer.
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

  /** @returns when to renew again, in milliseconds; undefined: another host has the message, or it is gone */
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

/** The pop receipt is an older one, or the message, or its queue, is gone: another host works on it. */
export function isTakenOver(error: unknown): boolean {
  const status = storageStatus(error);
  return status === 400 || status === 404;
}
