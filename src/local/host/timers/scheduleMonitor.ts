import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { fromDotnetDate, toDotnetDate } from '../dotnetDate.ts';
import { storageStatus } from '../storage/hostStorage.ts';
import type { TimerSchedule } from './timerSchedule.ts';

/** When a timer fired last and fires next. Unix times in milliseconds; undefined: never. */
export interface ScheduleStatus {
  last: number | undefined;
  next: number;
  lastUpdated: number | undefined;
}

/** Remembers a timer's times over restarts, in the blob in which the real host does. */
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
        // One request: downloadToBuffer asks for the length first, and a write in between then cuts the text.
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
 * Finds out at a timer's start whether it has missed an occurrence, as the host does: a status that another schedule
 * made is replaced, and then nothing counts as missed.
 *
 * @returns the status to go on with; `pastDue` when its `next` is over
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
    // The file says when it was written; the running host still says "never". That is how the original does it.
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

/** @returns undefined when the text is not a status: the timer then starts anew */
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
