import type { SweepPosition } from './model/sweepPosition.ts';
import type { SweepRange } from './model/sweepRange.ts';

/**
 * The order in which a sweep reads its partitions: from the position where the last sweep stopped to the end, and then from the
 * beginning to that position. So sessions that come first by their key cannot starve the others.
 */
export function rangesFrom(partitions: readonly string[], position: SweepPosition | undefined): SweepRange[] {
  const whole = (partition: string): SweepRange => ({ partition });
  const first = position ? partitions.indexOf(position.partition) : -1;
  if (!position || first < 0) return partitions.map(whole);
  const { partition, rowKey } = position;
  const others = [...partitions.slice(first + 1), ...partitions.slice(0, first)].map(whole);
  if (rowKey === '') return [whole(partition), ...others];
  return [{ partition, after: rowKey }, ...others, { partition, upTo: rowKey }];
}
