import type { Bar, Section, Size, Table } from './benchmark.ts';

/** All results as a Markdown page. */
export function resultsPage(command: string, machine: readonly string[], sections: readonly Section[]): string {
  const bars = sections.flatMap((section) => section.bars);
  return [
    '# What was measured',
    `Made by \`${command}\`. Medians, with the smallest and the largest value of all rounds. In each round every peer has its turn.`,
    machine.map((line) => `- ${line}`).join('\n'),
    ...(bars.length > 0 ? ['## The bars', markdown(barTable(bars)), verdict(bars)] : []),
    ...sections.flatMap(({ title, text, tables }) => [`## ${title}`, ...text, ...tables.map(markdown)]),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** @returns 1 if a bar was missed; always 0 for `tiny`, where times are not meaningful */
export function exitCode(size: Size, sections: readonly Section[]): 0 | 1 {
  return size !== 'tiny' && sections.some(({ bars }) => missedOf(bars).length > 0) ? 1 : 0;
}

const missedOf = (bars: readonly Bar[]) => bars.filter(({ met }) => !met);

/** Summarizes all bars in one sentence. */
export function verdict(bars: readonly Bar[]): string {
  const missed = missedOf(bars);
  if (missed.length === 0) return `Every bar is met (${bars.length}).`;
  return `**NOT MET: ${missed.length} of ${bars.length} bars** (${missed.map(({ what }) => what).join('; ')}).`;
}

function barTable(bars: readonly Bar[]): Table {
  return {
    head: ['what', 'bar', 'measured', 'met'],
    rows: bars.map(({ what, wanted, got, met }) => [what, wanted, got, met ? 'yes' : '**NO**']),
  };
}

/** A Markdown table with aligned columns: the first to the left, the others to the right. */
function markdown({ head, rows }: Table): string {
  const widths = head.map((cell, n) => Math.max(3, ...[head, ...rows].map((row) => (row[n] ?? cell).length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
