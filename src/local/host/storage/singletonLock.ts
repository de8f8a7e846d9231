import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob';
import { storageStatus } from './hostStorage.ts';

/** The time between retries of a renewal that got no answer. */
const RENEWAL_RETRY_MS = 1_000;

/** A lock that this host holds and keeps renewing. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Tries to acquire a lock among all hosts on the same storage account, by a blob lease.
 *
 * @param lockId - path of the blob below `locks/`
 * @param periodMs - 15 to 60 s; renewed at half of it
 * @param onLost - called at most once, and never after `release`: another host may have the lock now
 * @returns `undefined` if another host has the lock
 * @throws errors of the storage
 * @see azure-webjobs-sdk, Host.Storage/Singleton/BlobLeaseDistributedLockManager.cs
 */
export async function tryLock(
  container: ContainerClient,
  lockId: string,
  periodMs: number,
  onLost: () => void,
): Promise<HeldLock | undefined> {
  const blob = container.getBlockBlobClient(`locks/${lockId}`);
  const lease = blob.getBlobLeaseClient();
  const acquire = () => lease.acquireLease(Math.round(periodMs / 1000));
  try {
    await acquire();
  } catch (error) {
    if (storageStatus(error) === 409) return undefined;
    if (storageStatus(error) !== 404) throw error;
    await container.createIfNotExists();
    try {
      await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } });
      await acquire();
    } catch (second) {
      if (isTaken(second)) return undefined;
      throw second;
    }
  }
  return keep(lease, periodMs, onLost);
}

/** Whether another host has created or leased the blob just before. */
function isTaken(error: unknown): boolean {
  const status = storageStatus(error);
  return status === 409 || status === 412;
}

function keep(lease: BlobLeaseClient, periodMs: number, onLost: () => void): HeldLock {
  let renewedAt = Date.now();
  let over = false;
  let timer = setTimeout(renew, periodMs / 2);

  async function renew(): Promise<void> {
    const askedAt = Date.now();
    try {
      await lease.renewLease();
      renewedAt = askedAt;
    } catch (error) {
      const refused = storageStatus(error) === 404 || isTaken(error);
      if (!over && (refused || Date.now() - renewedAt >= periodMs)) {
        over = true;
        onLost();
      }
    }
    if (!over) timer = setTimeout(renew, renewedAt === askedAt ? periodMs / 2 : RENEWAL_RETRY_MS);
  }

  return {
    async release() {
      over = true;
      clearTimeout(timer);
      try {
        await lease.releaseLease();
      } catch {
        // The lease expires by itself.
      }
    },
  };
}
