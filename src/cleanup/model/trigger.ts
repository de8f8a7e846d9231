/** What asked for a cleanup. */
export type Trigger = 'timer' | 'http' | 'queue' | 'cli';

export const TRIGGERS = ['timer', 'http', 'queue', 'cli'] as const satisfies Trigger[];

/** Reads a trigger as a row holds it; a text that is not one, as of a newer version, counts as a request: it says nothing of the schedule. */
export function parseTrigger(text: string | undefined): Trigger {
  return TRIGGERS.find((trigger) => trigger === text) ?? 'http';
}
