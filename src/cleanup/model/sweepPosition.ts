/** Where a sweep that was cut short stopped taking sessions. */
export interface SweepPosition {
  partition: string;
  /** The last row key that was taken. */
  rowKey: string;
}
