/** What is known about a row that the storage service refuses to write. */
export interface RowRefusedErrorFacts {
  partition: string;
  rowKey: string;
  /** The storage service's error code, such as `TooManyProperties` or `EntityTooLarge`. */
  code: string;
}

/**
 * The storage service refuses to write one row, and a retry will not help: the columns that belong to the row's owner leave no
 * room. Other rows are not affected.
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
