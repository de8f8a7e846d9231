/** What asked for a cleanup. */
export type Trigger = 'timer' | 'http' | 'queue' | 'cli';

/** What depends on a trigger: whether the schedule asked, directly or through the queue. Such a sweep looks for all stale sessions. */
export const TRIGGERS: Record<Trigger, { scheduled: boolean }> = {
  timer: { scheduled: true },
  http: { scheduled: false },
  queue: { scheduled: true },
  cli: { scheduled: false },
};

/** Whether the schedule asked for a run. */
export function isScheduled({ trigger }: { trigger: Trigger }): boolean {
  return TRIGGERS[trigger].scheduled;
}

/** Reads a trigger from a row. An unknown one, perhaps of a newer version of the app, counts as a request, which says nothing about the schedule. */
export function parseTrigger(text: string | undefined): Trigger {
  return text !== undefined && Object.hasOwn(TRIGGERS, text) ? (text as Trigger) : 'http';
}
