import { OUTCOME_KINDS, type OutcomeCounts, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { SweepLine } from '../wire/schemas.ts';
import { bytesInWords, numberInWords } from '../wire/words.ts';

export const ALL_KINDS = Object.keys(OUTCOME_KINDS) as OutcomeKind[];

/** A piece of a result: failures stand out. */
export interface ResultPiece {
  text: string;
  isBad: boolean;
}

/** What outcomes a sweep had, in words, failures first: `1 failed`, `12 deleted`. */
export function resultPieces(outcomes: OutcomeCounts): ResultPiece[] {
  const kinds = ALL_KINDS.filter((kind) => outcomes[kind] > 0);
  const isBad = (kind: OutcomeKind) => OUTCOME_KINDS[kind].severity === 'error';
  return kinds
    .toSorted((a, b) => Number(isBad(b)) - Number(isBad(a)))
    .map((kind) => ({
      text: `${numberInWords(outcomes[kind])} ${OUTCOME_KINDS[kind].label.toLowerCase()}`,
      isBad: isBad(kind),
    }));
}

/** The bytes that a sweep freed, or that a dry run would free. */
export function bytesText({
  dryRun,
  bytesFreed,
  bytesToFree,
}: Pick<SweepLine, 'dryRun' | 'bytesFreed' | 'bytesToFree'>) {
  return dryRun ? `${bytesInWords(bytesToFree ?? 0)} to free` : bytesInWords(bytesFreed);
}
