/**
 * Measures all peers in each round, starting with a different one each time, so that other work on this machine affects all of
 * them alike.
 */
export async function inRounds<Peer extends string, Result>(
  peers: readonly Peer[],
  rounds: number,
  measure: (peer: Peer, round: number) => Promise<Result>,
): Promise<Record<Peer, Result[]>> {
  const results = Object.fromEntries(peers.map((peer) => [peer, [] as Result[]])) as Record<Peer, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    const first = round % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)])
      results[peer].push(await measure(peer, round));
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The median with the smallest and the largest, such as `2,130 (2,050 to 2,180)`. */
export function withSpread(values: readonly number[], digits = 0): string {
  if (values.length === 1) return inWords(median(values), digits);
  return `${inWords(median(values), digits)} (${inWords(Math.min(...values), digits)} to ${inWords(Math.max(...values), digits)})`;
}

export function inWords(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
