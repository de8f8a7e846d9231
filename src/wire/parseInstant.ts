const INSTANT =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Parses an ISO 8601 time with a time zone. @returns `undefined` if it is not one, or its day is not on the calendar */
export function parseInstant(text: string): Date | undefined {
  const [, day] = INSTANT.exec(text) ?? [];
  return day !== undefined && isOnCalendar(day) ? new Date(text) : undefined;
}

/** Whether a day such as `2026-11-22` exists: the runtime reads 31 February as 3 March. */
export function isOnCalendar(day: string): boolean {
  const midnight = new Date(day);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
