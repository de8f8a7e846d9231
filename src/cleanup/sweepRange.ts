import type { SweepPosition } from './model/sweepPosition.ts';
import type { SweepRange } from './model/sweepRange.ts';

/**
 * The order in which a sweep goes through its partitions: behind the position where the last one stopped, on to the end, and
 * round to that position. So the sessions that come first by their key cannot keep all others waiting.
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
