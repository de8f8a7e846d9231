import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { violations } from './invariants.ts';
import { playRound } from './round.ts';
import { planRound } from './schedule.ts';
import { startWorld, type World } from './world.ts';

const HELP = `Runs the real app against a cluster and a storage that fail in every way, in rounds of random trouble, and checks
after each that nothing was lost, hidden, hammered or deleted alive.

Usage: node test/faults/main.ts [options]
  --rounds N   how many rounds   (default 20)
  --seed S     of the first one; round k has the seed S + k - 1   (default: random)
  --logs       show the hosts' logs of a round that went wrong
  --help       show this

A round's plan repeats with its seed. What exactly meets what is a matter of timing, and differs.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    logs: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** The counts of all rounds. */
type Totals = Record<string, number>;

if (values.help) console.log(HELP);
else process.exit(await run(wholeNumber('rounds', '20'), wholeNumber('seed', String(randomInt(1_000_000)))));

function wholeNumber(option: 'rounds' | 'seed', byDefault: string): number {
  const text = values[option] ?? byDefault;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} ${text} is not a whole number.`);
  return Number(text);
}

async function run(rounds: number, firstSeed: number): Promise<number> {
  console.log(`${rounds} rounds from seed ${firstSeed} on. The same again: --rounds ${rounds} --seed ${firstSeed}`);
  const world = await startWorld();
  // Work in progress fails when the world is closed.
  const interrupted = Promise.race(['SIGINT', 'SIGTERM'].map((sign) => once(process, sign))).then(() => undefined);
  const totals: Totals = {};
  const failed: number[] = [];
  try {
    for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
      const startedAt = Date.now();
      const wrong = await Promise.race([play(world, seed, totals), interrupted]);
      if (!wrong) return 130;
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(`seed ${seed}: ${wrong.length === 0 ? 'well' : 'WRONG'}, ${seconds} s`);
      if (wrong.length > 0) failed.push(seed);
      for (const line of wrong) console.log(`  ${line}`);
    }
  } finally {
    await world.close();
  }
  console.log(
    `\n${rounds} rounds, ${JSON.stringify(totals)}, ${failed.length} wrong${failed.length > 0 ? `: seeds ${failed.join(', ')}` : ''}`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** @returns the violations; a round that can't be completed is one too */
async function play(world: World, seed: number, totals: Totals): Promise<string[]> {
  try {
    const { facts, counts } = await playRound(world, planRound(seed));
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
    const wrong = violations(facts);
    const logs = facts.hosts.map(({ name, output, ended }) => `--- ${name} (${ended})\n${output}`);
    return values.logs && wrong.length > 0 ? [...wrong, ...logs] : wrong;
  } catch (error) {
    return [`The round broke off: ${error instanceof Error ? error.stack : error}`];
  }
}
