import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SIZES, type Size } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { describeMachine } from './machine.ts';
import { exitCode, resultsPage } from './results.ts';
import { runAll } from './runAll.ts';

const NAMES = BENCHMARKS.map(({ name }) => name).join(', ');
const ROUNDS: Record<Size, number> = { tiny: 1, quick: 3, full: 5 };
const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const HELP = `Measures the app and compares it with other ways to do the same.

Usage: npm run bench -- [options]
  --size SIZE    ${SIZES.join(', ')}   (default full, which takes about 15 minutes; quick takes about 3)
  --only NAMES   some of ${NAMES}, separated by commas
  --rounds N     number of measurements of each peer   (default ${ROUNDS.full}; ${ROUNDS.quick} with quick)
  --write        write test/bench/RESULTS.md after any run; by default only after a full run of all benchmarks
  --help         show this

On a busy machine only the ratios are meaningful. The exit code is 1 if a bar was missed, except with tiny.`;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const size = SIZES.find((one) => one === values.size);
  if (!size) throw new Error(`--size ${values.size} is not one of ${SIZES.join(', ')}.`);
  const chosen = chosenBenchmarks();
  const rounds = wholeNumber(values.rounds ?? String(ROUNDS[size]));
  const startedMs = performance.now();
  const progress = (line: string) =>
    console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const sections = await runAll(chosen, { size, rounds, progress });
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  const minutes = Math.ceil((performance.now() - startedMs) / 60_000);
  const page = resultsPage(command, [...(await describeMachine()), `Took: ${minutes} minutes`], sections);
  console.log(page);
  process.exitCode = exitCode(size, sections);
  if (values.write || (size === 'full' && !values.only)) await writeFile(RESULTS, page);
}

function chosenBenchmarks() {
  const names = values.only?.split(',') ?? BENCHMARKS.map(({ name }) => name);
  return names.map((name) => {
    const found = BENCHMARKS.find((one) => one.name === name);
    if (!found) throw new Error(`--only ${name} is not one of ${NAMES}.`);
    return found;
  });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--rounds ${text} is not a whole number from 1 to 9999.`);
  return Number(text);
}
