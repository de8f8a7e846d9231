/** What the image store holds on the disk of its primary replica. */
export interface StoreUsage {
  /** Bytes of uploads that are not committed, such as staged chunks. */
  stagedBytes: number;
  stagedFiles: number;
  /** Size of the disk, in bytes. */
  capacityBytes: number;
  /** Free space of the disk, in bytes. */
  availableBytes: number;
}
