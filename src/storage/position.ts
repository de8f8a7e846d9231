/** A position is not one of the list: it was altered, or belongs to another query or other settings. */
export class PositionError extends Error {
  override readonly name = 'PositionError';

  constructor() {
    super('The position to continue from is not one of this list.');
  }
}

/**
 * Reads a position from a page of a list. It has two parts: a partition or day, and a row key.
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
