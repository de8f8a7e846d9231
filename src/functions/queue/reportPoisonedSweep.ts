import type { InvocationContext } from '@azure/functions';
import { lostPart } from '../../cleanup/fanOut.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { readSweepMessage } from './sweepMessage.ts';

/** Reports a message of a fanned-out sweep that was moved to the poison queue: in the log, and as a run. */
export async function onPoisoned(message: unknown, context: InvocationContext): Promise<void> {
  const read = readSweepMessage(message);
  const part = 'error' in read ? undefined : read;
  const ids = part && { sweepId: part.sweepId, partition: part.partition };
  const run = { runId: context.invocationId, ...ids, trigger: 'queue', startedAt: new Date() } as const;
  // Logged first: if a later step fails, the message is delivered again, since a poison queue has no poison queue of its own.
  context.error(logLine(`A part of a sweep was lost. ${ADVICE}`, { ...run, error: 'error' in read ? read.error : '' }));
  const { storage, settings } = await connect();
  const clusterName = settings.cluster.name;
  let why = 'error' in read ? `The message is not a valid sweep request: ${read.error}.` : '';
  if (part) {
    const newest = await storage.lastRunOver(clusterName, part.partition, part.requestedAt);
    why = newest?.error
      ? `The last attempt ended: ${newest.stoppedBy}. ${newest.error}`
      : 'See the log of sweepPartition.';
  }
  await storage.recordRun({
    ...lostPart(run, `A queue message failed too often and was given up. ${why}`),
    clusterName,
  });
}

const ADVICE =
  'Its message failed as often as the queue allows; see the log of sweepPartition. No session is lost: the next ' +
  'sweep cleans up the same upload sessions. If it continues, check SESSION_STORAGE, SESSION_SHARDS, and what else writes to SWEEP_QUEUE.';
