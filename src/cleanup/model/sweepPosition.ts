/** How far a sweep came that was cut short. */
export interface SweepPosition {
  partition: string;
  /** The last row key that it is through with; empty if it had yet to read the first. */
  rowKey: string;
}
