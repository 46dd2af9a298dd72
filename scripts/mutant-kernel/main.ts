import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ToolError, cacheFolder } from '../../harness/index.js';
import { InputError, didYouMean } from '../../spec/index.js';
import { ownFaults, type Fault } from './faults.js';
import { hunt, type Hunt, type HuntOptions } from './hunt.js';
import { buildKernel } from './kernel.js';
import { table } from './table.js';

/**
 * `npm run mutant-kernel`: builds a small kernel of Debian's source that can be broken in several ways, and shows that the suite finds each
 * of them, in its smallest form and without finding anything else.
 */
const USAGE = `npm run mutant-kernel -- [OPTION...] [FAULT...]      no FAULT: all of them, and the kernel without one

  --package NAME    Debian's package with the source (linux-source-6.12)
  --image FILE      a kernel that has been built so before
  --build           build it, print where it is, and no more
  --list            the faults, and how each is to be found
  --runs N          generated calls for each fault, besides the examples of every clause (2000)
  --scenarios N     scenarios for each fault (400)
  --seed N          same seed, same cases (42)
  --jobs N          machines at once (as many as there are processors)`;

const STRING = { type: 'string' } as const;
const BOOLEAN = { type: 'boolean' } as const;
const OPTIONS = {
  ...{ package: STRING, image: STRING, runs: STRING, scenarios: STRING, seed: STRING, jobs: STRING },
  ...{ build: BOOLEAN, list: BOOLEAN, help: BOOLEAN },
} as const;

/** The command line. */
function given(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError(error.message.split('. ')[0] ?? error.message, '--help lists the options');
  }
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function main(): Promise<number> {
  const { values, positionals } = given();
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const all = ownFaults();
  const faults = positionals.length === 0 ? [undefined, ...all] : positionals.map((name) => faultNamed(name, all));
  if (values.list === true) {
    for (const { name, broken, clause, counterexample } of all)
      process.stdout.write(`${name}: ${broken}\n  ${clause}\n${counterexample.map((line) => `  ${line}\n`).join('')}`);
    return 0;
  }
  const kept = join(cacheFolder(), 'mutant-kernel');
  const image =
    values.image ?? (await buildKernel(all, { folder: kept, package: values.package ?? 'linux-source-6.12', say }));
  if (values.build === true) {
    process.stdout.write(`${image}\n`);
    return 0;
  }
  const options: HuntOptions = {
    runs: number('runs', values.runs, 2_000),
    scenarios: number('scenarios', values.scenarios, 400),
    seed: number('seed', values.seed, 42),
  };
  const hunts = await hunted(image, faults, options, number('jobs', values.jobs, availableParallelism()));
  process.stdout.write(`\n${table(hunts)}\n`);
  const broken = hunts.filter(({ fault }) => fault !== undefined);
  const good = broken.filter(({ complaints }) => complaints.length === 0);
  const asItIs = hunts.filter(({ fault, complaints }) => fault === undefined && complaints.length > 0);
  process.stdout.write(
    `${String(good.length)} of ${String(broken.length)} faults found as written down beforehand, and nothing else` +
      `${asItIs.length > 0 ? '; differences without any fault' : ''}\n`,
  );
  return hunts.every(({ complaints }) => complaints.length === 0) ? 0 : 1;
}

/** Several machines at once, each with one fault. */
async function hunted(
  image: string,
  faults: readonly (Fault | undefined)[],
  options: HuntOptions,
  jobs: number,
): Promise<readonly Hunt[]> {
  const hunts: Hunt[] = [];
  const open = faults.entries();
  const work = async (): Promise<void> => {
    for (const [index, fault] of open) {
      const result = await hunt(image, fault, options);
      hunts[index] = result;
      const { complaints, seconds, made, judged } = result;
      const name = fault?.name ?? 'no fault';
      say(
        `${name}: ${complaints.length === 0 ? 'as it is to be' : 'NOT as it is to be'}, ${String(made)} cases, ${String(judged)} clauses judged, ${seconds.toFixed(0)} s`,
      );
      for (const complaint of complaints) say(`  ${complaint}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return hunts;
}

function faultNamed(name: string, all: readonly Fault[]): Fault | undefined {
  if (name === 'none') return undefined;
  const fault = all.find((each) => each.name === name);
  if (fault === undefined)
    throw new InputError(
      `there is no fault ${name}`,
      didYouMean(
        name,
        all.map((each) => each.name),
      ),
    );
  return fault;
}

function number(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text))
    throw new InputError(`--${name}: ${text} is no number`, `such as --${name} ${String(otherwise)}`);
  return Number(text);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof InputError || error instanceof ToolError)) throw error;
  say(`mutant-kernel: ${error.message}\nHint: ${error.hint}`);
  process.exitCode = error instanceof InputError ? 2 : 4;
}
