import type { InvocationContext } from '@azure/functions';
import { standingOf } from '../../cleanup/fanOut.ts';
import type { SweepRules } from '../../cleanup/sweep.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { reportedIfFailed, runSweep, SweepStoppedError } from '../invocation/runSweep.ts';
import { readSweepMessage, type SweepMessage } from './sweepMessage.ts';

/** A queue message that can't be processed, even if it is delivered again. */
class SweepMessageError extends Error {
  override readonly name = 'SweepMessageError';
}

/** Sweeps one partition of a fanned-out sweep. A message is delivered up to five times if it fails. */
export async function onMessage(message: unknown, context: InvocationContext): Promise<void> {
  const parts = await connect();
  const { sweepRules, storage, settings } = parts;
  const { sweepId, partition, requestedAt } = checkedMessage(message, sweepRules);
  const newest = await reportedIfFailed(storage.lastRunOver(settings.cluster.name, partition, requestedAt), context);
  const standing = standingOf(newest, sweepRules.dryRun);
  if (standing !== 'due') {
    const facts = { sweepId, partition, requestedAt, runId: newest?.runId, stoppedBy: newest?.stoppedBy };
    context.log(logLine(standing === 'done' ? DONE_ALREADY : LEFT_TO_NEXT, facts));
    return;
  }
  const run = { runId: context.invocationId, sweepId, partition, trigger: 'queue', startedAt: new Date() } as const;
  const summary = await runSweep(parts, { ...sweepRules, partitions: [partition] }, run, context);
  if (summary.stoppedBy === 'aborted') {
    throw new SweepStoppedError(
      'The host is shutting down: the message goes back to the queue, and another instance continues.',
    );
  }
}

const DONE_ALREADY = 'No action: this partition was swept after the message was sent.';
const LEFT_TO_NEXT =
  'The queue does not retry this partition, since the cluster would fail again. The next sweep retries it.';

function checkedMessage(message: unknown, { partitions, maxClockSkewMs }: SweepRules): SweepMessage {
  const read = readSweepMessage(message);
  if ('error' in read) throw new SweepMessageError(`The queue message is not a valid sweep request: ${read.error}.`);
  // With a time in the future, no run would count as newer, and every delivery of the message would sweep the partition again.
  if (read.requestedAt.getTime() > Date.now() + maxClockSkewMs) {
    throw new SweepMessageError(`The queue message has a time in the future: ${read.requestedAt.toISOString()}.`);
  }
  if (partitions.includes(read.partition)) return read;
  throw new SweepMessageError(
    'The queue message names a session partition that does not match CLUSTER_NAME and SESSION_SHARDS. Either they were ' +
      'changed since then, or another app writes to the same SWEEP_QUEUE.',
  );
}
