import { randomUUID } from 'node:crypto';
import type { Planned } from '../cleanup/model/outcome.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { type SweepRules, sweep } from '../cleanup/sweep.ts';
import type { App } from '../composition/app.ts';
import type { SweepAnswer } from '../wire/schemas.ts';
import { toPlannedItem, toRunItem } from '../wire/toWire.ts';
import { failureLog } from './failureLog.ts';
import { type FormatOptions, isTable } from './format.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { Output } from './output.ts';
import type { Progress } from './progress.ts';
import { plannedTable, printSummary } from './sweepReport.ts';

/** How many sessions the JSON of a dry run lists. `plannedLeftOut` counts the rest. */
const MOST_PLANNED = 100_000;

/** Runs a sweep or dry run, shows its progress, and prints its result. Ctrl-C stops it early. */
export async function runSweep(
  app: App,
  rules: SweepRules,
  options: FormatOptions,
  out: Output,
  progress: Progress,
): Promise<RunRecord> {
  const failures = failureLog(progress);
  const printPlanned = plannedTable(out);
  const planned: Planned[] = [];
  let leftOut = 0;
  const ports = app.ports(failures);
  const watched = {
    ...ports,
    async recordOutcomes(records: Parameters<typeof ports.recordOutcomes>[0]) {
      const refused = await ports.recordOutcomes(records);
      progress.count(records.length);
      return refused;
    },
    planned(one: Planned) {
      progress.count(1);
      if (isTable(options)) printPlanned(one);
      else if (planned.length < MOST_PLANNED) planned.push(one);
      else leftOut += 1;
    },
  };
  // What is in flight at a second Ctrl-C is not lost: its rows are there for the next sweep.
  const interrupt = listenForInterrupt(progress.say, () => []);
  const orders = { runId: randomUUID(), trigger: 'cli', startedAt: new Date() } as const;
  let summary: RunRecord;
  try {
    summary = await sweep(watched, rules, orders, interrupt.signal);
  } finally {
    interrupt.close();
    failures.end();
    progress.end();
  }
  if (isTable(options)) printSummary(summary, failures.groups(), out);
  else {
    const answer: SweepAnswer = {
      ...toRunItem(summary),
      ...(rules.dryRun ? { planned: planned.map(toPlannedItem) } : {}),
      ...(leftOut > 0 ? { plannedLeftOut: leftOut } : {}),
    };
    out.json(answer);
  }
  return summary;
}
