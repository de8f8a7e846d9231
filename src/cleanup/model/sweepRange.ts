/** A part of a partition, by its row keys; without bounds, the whole partition. */
export interface SweepRange {
  partition: string;
  /** Only row keys greater than this. */
  after?: string;
  /** Only row keys up to and including this. */
  upTo?: string;
}
