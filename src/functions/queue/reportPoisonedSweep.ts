import type { InvocationContext } from '@azure/functions';
import { lostPart } from '../../cleanup/fanOut.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { readSweepMessage } from './sweepMessage.ts';

/** Tells of a message of a fanned-out sweep that failed as often as the queue allows: in the log, and as a run. */
export async function onPoisoned(message: unknown, context: InvocationContext): Promise<void> {
  const read = readSweepMessage(message);
  const part = 'fault' in read ? undefined : read;
  const ids = part && { sweepId: part.sweepId, partition: part.partition };
  const run = { runId: context.invocationId, ...ids, trigger: 'queue', startedAt: new Date() } as const;
  // Before anything that may fail: then it comes again, since a poison queue has none of its own.
  context.error(logLine(`A part of a sweep was lost. ${TO_DO}`, { ...run, fault: 'fault' in read ? read.fault : '' }));
  const { storage, settings } = await connect();
  const clusterName = settings.cluster.name;
  let why = 'fault' in read ? `The message does not ask for a sweep: ${read.fault}.` : '';
  if (part) {
    const newest = await storage.lastRunOver(clusterName, part.partition, part.requestedAt);
    why = newest?.error
      ? `The last try ended: ${newest.stoppedBy}. ${newest.error}`
      : 'The log of sweepPartition says why.';
  }
  await storage.recordRun({
    ...lostPart(run, `A queue message failed too often and was given up. ${why}`),
    clusterName,
  });
}

const TO_DO =
  'Its message failed as often as the queue allows; the log of sweepPartition says why. Nothing is forgotten: the next ' +
  'sweep takes the same upload sessions up. If it goes on, check SESSION_STORAGE, SESSION_SHARDS, and who else writes to SWEEP_QUEUE.';
