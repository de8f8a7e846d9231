/** What asked for a cleanup. */
export type Trigger = 'timer' | 'http' | 'queue' | 'cli';

export const TRIGGERS = ['timer', 'http', 'queue', 'cli'] as const satisfies Trigger[];

/** Reads a trigger from a row. An unknown one, perhaps of a newer version of the app, counts as a request, which says nothing about the schedule. */
export function parseTrigger(text: string | undefined): Trigger {
  return TRIGGERS.find((trigger) => trigger === text) ?? 'http';
}
