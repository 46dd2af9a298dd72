import { availableParallelism } from 'node:os';
import { commandKinds, usualCommand } from './commands.js';
import { KINDS } from './kinds.js';
import { randomFrom, trial, usualOf } from './trial.js';

/**
 * `npm run faults -- [TIMES [SEED [KIND]]]`: each kind of fault at random moments of a small run. Every case has to be accounted for exactly once, with
 * no hang, no false pass and no false difference; ends with 1 where it is not so.
 */
const TIMES = Number(process.argv[2] ?? 100);
const SEED = Number(process.argv[3] ?? Math.floor(Math.random() * 0x7fff_ffff));
const ONLY = process.argv[4];

interface Tally {
  runs: number;
  /** Runs in which something was not judged that is judged otherwise. */
  noticed: number;
  slowest: number;
  readonly wrong: string[];
}

/** So many runs at once: much of their time is spent in waiting for a probe that is silent. */
const WIDTH = 2 * availableParallelism();

/** One kind after the other, each of its runs with a seed of its own. */
async function tallied(name: string, once: (seed: number) => Promise<Partial<Tally>>): Promise<void> {
  if (ONLY !== undefined && !name.includes(ONLY)) return;
  const tally: Tally = { runs: 0, noticed: 0, slowest: 0, wrong: [] };
  const seeds = Array.from({ length: TIMES }, (_, time) => (SEED + time * 7_919) % 0x7fff_ffff);
  const run = async (seed: number): Promise<void> => {
    const started = performance.now();
    const { noticed = 0, wrong = [] } = await once(seed);
    tally.runs++;
    tally.noticed += noticed;
    tally.slowest = Math.max(tally.slowest, (performance.now() - started) / 1000);
    tally.wrong.push(...wrong.map((each) => `seed ${String(seed)}: ${each}`));
  };
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await run(seed);
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  show(name, tally);
}

function show(name: string, { runs, noticed, slowest, wrong }: Tally): void {
  const cell = (text: string): string => text.padStart(10);
  process.stdout.write(
    `${name.padEnd(26)}${cell(String(runs))}${cell(String(noticed))}${cell(`${slowest.toFixed(1)} s`)}${cell(String(wrong.length))}\n`,
  );
  for (const each of wrong.slice(0, 10)) process.stdout.write(`  ${each}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

process.stdout.write(`seed ${String(SEED)}\n`);
process.stdout.write(
  `${'fault'.padEnd(26)}${['runs', 'noticed', 'slowest', 'wrong'].map((word) => word.padStart(10)).join('')}\n`,
);
const [usual, usualAsUser] = [await usualOf({}), await usualOf({ asUser: true })];
for (const kind of KINDS)
  await tallied(kind.name, async (seed) => {
    const { result, wrong } = await trial(kind, seed, kind.asUser === true ? usualAsUser : usual);
    if (result === undefined) return { noticed: 1, wrong: [...wrong] };
    const { counts, scenarioCounts, deaths } = result;
    const whole = counts.pass === result.cases && scenarioCounts.pass === result.scenarios && deaths.length === 0;
    return { noticed: whole ? 0 : 1, wrong: [...wrong] };
  });
const command = await usualCommand();
for (const { name, missing, trial: once } of commandKinds()) {
  if (missing === undefined)
    await tallied(name, async (seed) => ({ wrong: [...(await once(randomFrom(seed), command))] }));
  else process.stdout.write(`${name.padEnd(26)} not run: ${missing}\n`);
}
