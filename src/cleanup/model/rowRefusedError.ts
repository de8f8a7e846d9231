/** What is known of a row that the storage service refuses to write. */
export interface RowRefusedErrorFacts {
  partition: string;
  rowKey: string;
  /** The storage service's error code, such as `TooManyProperties` or `EntityTooLarge`. */
  code: string;
}

/**
 * The storage service refuses to write one row, whoever asks and however often: its other columns, which belong to its owner,
 * leave no room. It says nothing about other rows.
 */
export class RowRefusedError extends Error {
  override readonly name = 'RowRefusedError';
  readonly partition: string;
  readonly rowKey: string;
  readonly code: string;

  constructor({ partition, rowKey, code }: RowRefusedErrorFacts) {
    super(
      `The storage service refuses to write the row ${JSON.stringify(rowKey)} in partition ${JSON.stringify(partition)} (${code}): ` +
        "its owner's columns leave no room. Remove columns from the row, or the row itself.",
    );
    this.partition = partition;
    this.rowKey = rowKey;
    this.code = code;
  }
}
