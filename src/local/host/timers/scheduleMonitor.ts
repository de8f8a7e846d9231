import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { fromDotnetDate, toDotnetDate } from '../dotnetDate.ts';
import { storageStatus } from '../storage/hostStorage.ts';
import type { TimerSchedule } from './timerSchedule.ts';

/** When a timer fired last and fires next. Unix times in milliseconds; `undefined` for never. */
export interface ScheduleStatus {
  last: number | undefined;
  next: number;
  lastUpdated: number | undefined;
}

/** Keeps a timer's status across restarts, in the same blob as the real host. */
export interface ScheduleMonitor {
  read(): Promise<ScheduleStatus | undefined>;
  write(status: ScheduleStatus): Promise<void>;
}

/** @see azure-webjobs-sdk-extensions, StorageScheduleMonitor.cs */
export function createScheduleMonitor(container: ContainerClient, hostId: string, name: string): ScheduleMonitor {
  const blob = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
  return {
    async read() {
      try {
        // One request: downloadToBuffer requests the length first, and a write in between would truncate the text.
        const { readableStreamBody } = await blob.download();
        return readableStreamBody && fromJson(await text(readableStreamBody));
      } catch (error) {
        if (storageStatus(error) === 404) return undefined;
        throw error;
      }
    },
    async write(status) {
      await container.createIfNotExists();
      const json = JSON.stringify(toJson(status));
      await blob.upload(json, Buffer.byteLength(json));
    },
  };
}

/**
 * Finds out at the start of a timer whether it has missed an occurrence, as the real host does. A status of another schedule is replaced,
 * and no occurrence then counts as missed.
 *
 * @returns the status to continue with; `pastDue` if its `next` is in the past
 * @see azure-webjobs-sdk-extensions, ScheduleMonitor.cs
 */
export async function checkPastDue(
  monitor: ScheduleMonitor,
  schedule: TimerSchedule,
  now: number,
): Promise<{ status: ScheduleStatus; pastDue: boolean }> {
  const known = await monitor.read();
  if (!known) {
    const status = { last: undefined, next: schedule.next(now), lastUpdated: now };
    await monitor.write(status);
    // As in the real host, the blob has the time of its update, but the running host still has "never".
    return { status: { ...status, lastUpdated: undefined }, pastDue: false };
  }
  let basis = known.last ?? known.lastUpdated ?? now;
  let expected = schedule.next(basis);
  if (known.next !== expected) {
    if (now > expected) {
      basis = now;
      expected = schedule.next(now);
    }
    const status = { last: undefined, next: expected, lastUpdated: basis };
    await monitor.write(status);
    return { status, pastDue: now > expected };
  }
  return { status: known, pastDue: now > known.next };
}

/** Also what the worker receives. */
export function toJson(status: ScheduleStatus): Record<'Last' | 'Next' | 'LastUpdated', string> {
  return {
    Last: toDotnetDate(status.last),
    Next: toDotnetDate(status.next),
    LastUpdated: toDotnetDate(status.lastUpdated),
  };
}

/** @returns `undefined` if the text is not a status: the timer then starts without one */
function fromJson(json: string): ScheduleStatus | undefined {
  try {
    const { Last, Next, LastUpdated } = JSON.parse(json) as Record<string, string>;
    const next = fromDotnetDate(Next ?? '');
    if (next === undefined) return undefined;
    return { last: fromDotnetDate(Last ?? ''), next, lastUpdated: fromDotnetDate(LastUpdated ?? '') };
  } catch {
    return undefined;
  }
}
