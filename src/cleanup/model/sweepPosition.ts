/** How far a sweep got that did not complete. */
export interface SweepPosition {
  partition: string;
  /** The last row key that it finished; empty if it has read nothing of the partition. */
  rowKey: string;
}
