import type { InvocationContext } from '@azure/functions';
import { standingOf } from '../../cleanup/fanOut.ts';
import type { SweepRules } from '../../cleanup/sweep.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { reportedIfFailed, runSweep, SweepStoppedError } from '../invocation/runSweep.ts';
import { readSweepMessage, type SweepMessage } from './sweepMessage.ts';

/** A queue message that can't be done, however often it is tried. */
class SweepMessageError extends Error {
  override readonly name = 'SweepMessageError';
}

/** Sweeps one partition of a fanned-out sweep. A message that fails comes again, five times in all. */
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
    throw new SweepStoppedError('The host is shutting down: the message goes back, and another instance goes on.');
  }
}

const DONE_ALREADY = 'Nothing is left to do: this partition was swept since it was asked for.';
const LEFT_TO_NEXT =
  'The queue does not try this partition again: the cluster would be asked in vain. The next sweep does.';

function checkedMessage(message: unknown, { partitions, maxClockSkewMs }: SweepRules): SweepMessage {
  const read = readSweepMessage(message);
  if ('fault' in read) throw new SweepMessageError(`The queue message does not ask for a sweep: ${read.fault}.`);
  // No run is found that began since such a time, so the partition would be swept for every copy of the message.
  if (read.requestedAt.getTime() > Date.now() + maxClockSkewMs) {
    throw new SweepMessageError(`The queue message is from the future: ${read.requestedAt.toISOString()}.`);
  }
  if (partitions.includes(read.partition)) return read;
  throw new SweepMessageError(
    'The queue message names a session partition that CLUSTER_NAME and SESSION_SHARDS do not make. Either they were ' +
      'changed since, or another app writes to the same SWEEP_QUEUE.',
  );
}
