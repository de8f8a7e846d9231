/** A position in a list is not one that the list can have given: it was altered, or belongs to other settings. */
export class PositionError extends Error {
  override readonly name = 'PositionError';

  constructor() {
    super('The position to continue from is not one of this list.');
  }
}

/**
 * Reads a position of two parts, a partition or day and a row key, as a page of a list gave it.
 *
 * @throws {PositionError} if it is anything else
 */
export function parsePosition(position: string): [first: string, rowKey: string] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(position);
  } catch {
    throw new PositionError();
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) throw new PositionError();
  const [first, rowKey]: unknown[] = parsed;
  if (typeof first !== 'string' || typeof rowKey !== 'string' || rowKey.length > 1024) throw new PositionError();
  return [first, rowKey];
}
