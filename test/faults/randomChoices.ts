import { seededRandom } from '../../src/local/cluster/seededRandom.ts';

/** Random choices that are the same for the same seed. */
export class RandomChoices {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(of: readonly T[]): T {
    const one = of[this.between(0, of.length - 1)];
    if (one === undefined) throw new Error('Cannot pick from an empty list.');
    return one;
  }

  /** A random selection, in random order. */
  sample<T>(of: readonly T[], count: number): T[] {
    const rest = [...of];
    const chosen: T[] = [];
    while (rest.length > 0 && chosen.length < count) chosen.push(...rest.splice(this.between(0, rest.length - 1), 1));
    return chosen;
  }

  /** In lower case. */
  guid(): string {
    const hex = Array.from({ length: 32 }, () => this.between(0, 15).toString(16)).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
