import { quoted } from './cutText.ts';

/** What is known about a row that the storage service refuses to write. */
export interface RowRefusedErrorFacts {
  /** Whether it is a session's own row, or the row of an outcome. */
  row: 'session' | 'outcome';
  /** The partition of the session's own row. */
  partition: string;
  /** The row key of the session's own row. */
  rowKey: string;
  /** The storage service's error code, such as `TooManyProperties` or `EntityTooLarge`. */
  code: string;
}

/** The storage service refuses to write one row, and a retry will not help. Other rows are not affected. */
export class RowRefusedError extends Error {
  override readonly name = 'RowRefusedError';
  readonly row: 'session' | 'outcome';
  readonly partition: string;
  readonly rowKey: string;
  readonly code: string;

  constructor({ row, partition, rowKey, code }: RowRefusedErrorFacts) {
    const key = `row ${quoted(rowKey)} in partition ${quoted(partition)}`;
    super(
      row === 'session'
        ? `The storage service refuses to write the ${key} (${code}): its owner's columns leave no room. Remove columns from the row, or the row itself.`
        : `The storage service refuses to record the outcome of the ${key} (${code}). The session may have been deleted nevertheless.`,
    );
    this.row = row;
    this.partition = partition;
    this.rowKey = rowKey;
    this.code = code;
  }
}
