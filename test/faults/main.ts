import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { violations } from './invariants.ts';
import { planRound } from './roundPlan.ts';
import { runRound } from './runRound.ts';
import { startTestbed, type Testbed } from './testbed.ts';

const HELP = `Runs the real app in rounds of random faults on cluster, storage and hosts, and checks the invariants after each round.

Usage: node test/faults/main.ts [options]
  --rounds N     number of rounds                                            (default 20)
  --seed S       seed of the first round; the next ones have S + 1, S + 2, …  (default: random)
  --parallel N   number of rounds at the same time; each has its own
                 storage, cluster and hosts                                  (default 1)
  --logs         show the hosts' logs of each failed round
  --help         show this

The same seed gives the same plan. The exact timing differs.
A round takes 20 to 30 seconds, mostly waiting: it needs about 40 % of one CPU core.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    parallel: { type: 'string', default: '1' },
    logs: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** The results of all rounds so far. */
interface Results {
  /** How often each kind of event happened, by its name. */
  totals: Record<string, number>;
  /** The seeds of the failed rounds. */
  failed: number[];
}

if (values.help) console.log(HELP);
else process.exit(await run(wholeNumber('rounds'), wholeNumber('seed'), wholeNumber('parallel')));

function wholeNumber(option: 'rounds' | 'seed' | 'parallel'): number {
  const text = values[option];
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} is "${text}", expected a whole number.`);
  return Number(text);
}

/** @returns the exit code */
async function run(rounds: number, firstSeed: number, parallel: number): Promise<number> {
  console.log(`${rounds} rounds, first seed ${firstSeed}. To repeat: --rounds ${rounds} --seed ${firstSeed}`);
  const testbeds = await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, rounds)) }, startTestbed));
  // A round in progress fails when its testbed is closed.
  const interrupted = Promise.race(['SIGINT', 'SIGTERM'].map((sign) => once(process, sign))).then(() => undefined);
  const seeds = Array.from({ length: rounds }, (_, n) => firstSeed + n).values();
  const results: Results = { totals: {}, failed: [] };
  try {
    const completed = await Promise.all(testbeds.map((testbed) => runRounds(testbed, seeds, results, interrupted)));
    if (completed.includes(false)) return 130;
  } finally {
    await Promise.all(testbeds.map((testbed) => testbed.close()));
  }
  const { totals, failed } = results;
  const list = failed.length > 0 ? `: seeds ${failed.toSorted((a, b) => a - b).join(', ')}` : '';
  console.log(`\n${rounds} rounds, ${JSON.stringify(totals)}, ${failed.length} failed${list}`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * Runs one round after the other.
 *
 * @param seeds - the seeds that no round has used yet; shared with the rounds that run at the same time
 * @returns whether it was not interrupted
 */
async function runRounds(
  testbed: Testbed,
  seeds: Iterable<number>,
  { totals, failed }: Results,
  interrupted: Promise<undefined>,
): Promise<boolean> {
  for (const seed of seeds) {
    const startedAt = Date.now();
    const wrong = await Promise.race([play(testbed, seed, totals), interrupted]);
    if (!wrong) return false;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`seed ${seed}: ${wrong.length === 0 ? 'passed' : 'FAILED'}, ${seconds} s`);
    if (wrong.length > 0) failed.push(seed);
    for (const line of wrong) console.log(`  ${line}`);
  }
  return true;
}

/** @returns the violations; a round that could not be completed is one too */
async function play(testbed: Testbed, seed: number, totals: Results['totals']): Promise<string[]> {
  try {
    const { facts, counts } = await runRound(testbed, planRound(seed));
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
    const wrong = violations(facts);
    const logs = facts.hosts.map(({ name, output, ended }) => `--- ${name} (${ended})\n${output}`);
    return values.logs && wrong.length > 0 ? [...wrong, ...logs] : wrong;
  } catch (error) {
    return [`The round could not be completed: ${error instanceof Error ? error.stack : error}`];
  }
}
