import type { Meter } from '@opentelemetry/api';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { isScheduled } from '../cleanup/model/trigger.ts';
import type { RecordPorts, SweepPorts } from '../cleanup/ports.ts';
import { METRIC } from './names.ts';

/** The ports that the metrics observe. */
export type ObservedPorts = Pick<RecordPorts, 'recordOutcomes' | 'changeSession'> & Pick<SweepPorts, 'recordRun'>;

/** Bucket boundaries in seconds: a sweep takes from less than a second to SWEEP_TIME_BUDGET. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240, 600, 1800];

/** Counts what is recorded: an outcome when it is written, and a run when it ends for any reason. */
export function observePorts(meter: Meter): <P extends ObservedPorts>(ports: P) => P {
  const sessions = meter.createCounter(METRIC.sessions, {
    description: 'Sessions by the outcome of their cleanup. A dry run has no deleted ones.',
    unit: '{session}',
  });
  const givenUp = meter.createCounter(METRIC.givenUp, {
    description: 'Sessions that were given up and need manual action.',
    unit: '{session}',
  });
  const diskFreed = meter.createCounter(METRIC.diskFreed, {
    description: 'Bytes that deleted sessions occupied on the disks of the cluster, if known.',
    unit: 'By',
  });
  const stale = meter.createCounter(METRIC.stale, {
    description: 'Stale sessions that sweeps found.',
    unit: '{session}',
  });
  const oldestStaleAge = meter.createGauge(METRIC.oldestStaleAge, {
    description:
      'How long the oldest stale session that is not given up has been silent, at the start of the last scheduled sweep.',
    unit: 's',
  });
  const runDuration = meter.createHistogram(METRIC.runDuration, {
    description: 'How long sweeps took, by stop reason.',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });

  const storeGauges = {
    stagedBytes: meter.createGauge(METRIC.storeStaged, {
      description:
        'Staged bytes in the image store: uploads that are not committed, and staged copies of those that are.',
      unit: 'By',
    }),
    stagedFiles: meter.createGauge(METRIC.storeStagedFiles, {
      description: 'Staged files in the image store.',
      unit: '{file}',
    }),
    capacityBytes: meter.createGauge(METRIC.storeCapacity, {
      description: 'Size of the disk of the image store.',
      unit: 'By',
    }),
    availableBytes: meter.createGauge(METRIC.storeAvailable, {
      description: 'Free space on the disk of the image store.',
      unit: 'By',
    }),
  };

  const countRun = (run: RunRecord) => {
    if (typeof run.store === 'object') {
      for (const [name, gauge] of Object.entries(storeGauges))
        gauge.record(run.store[name as keyof typeof storeGauges]);
    }
    const { trigger, dryRun } = run;
    const attributes = { trigger, dry_run: dryRun };
    runDuration.record(run.durationMs / 1000, { ...attributes, stopped_by: run.stoppedBy });
    stale.add(run.stale, attributes);
    const oldestMs = run.oldestStaleAt ? run.startedAt.getTime() - run.oldestStaleAt.getTime() : 0;
    // A sweep that was stopped and found no stale session does not know whether there is one.
    const isKnown = run.oldestStaleAt !== undefined || run.stoppedBy === 'completed';
    // Without the partition, the part that ends last would hide what the others found.
    const part = run.partition === undefined ? {} : { partition: run.partition };
    // A sweep on request may look for fewer sessions.
    if (isScheduled(run) && isKnown) oldestStaleAge.record(oldestMs / 1000, part);
    // A dry run records no outcomes, so `recordOutcomes` does not count them.
    if (!dryRun) return;
    for (const [outcome, count] of Object.entries(run.outcomes)) {
      if (count > 0) sessions.add(count, { outcome, ...attributes });
    }
  };

  return (ports) => ({
    ...ports,
    async recordOutcomes(records) {
      const refused = await ports.recordOutcomes(records);
      for (const record of records) {
        if (refused.some((one) => one.record === record)) continue;
        const { outcome, trigger, bytes } = record;
        sessions.add(1, { outcome, trigger, dry_run: false });
        if (outcome === 'deleted' && bytes) diskFreed.add(bytes, { trigger });
      }
      return refused;
    },
    async changeSession(session, change) {
      const settled = await ports.changeSession(session, change);
      if (change.givenUp && settled === 'settled') givenUp.add(1);
      return settled;
    },
    async recordRun(run) {
      countRun(run);
      await ports.recordRun(run);
    },
  });
}
