import { Command } from 'commander';
import { CLAUSE_IDS, mutate, openTarget, readExplanations, type Mutation } from '../harness/index.js';
import { EXIT, mutationLines, mutationText, type ExitStatus } from '../reports/index.js';
import { EFFECTS, InputError, OPERATORS, type KernelVersion, type Operator } from '../spec/index.js';
import { choiceOption, clauseHint, countOption, kernelOption } from './options.js';
import type { Finish } from './finish.js';
import { colours } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends TargetingOptions {
  readonly clause?: (id: string) => boolean;
  readonly operator?: readonly MutantKind[];
  readonly cases: number;
  readonly scenarios: number;
  readonly seed: number;
  readonly kernel?: KernelVersion;
  readonly all?: true;
  readonly json?: true;
  readonly format?: 'pretty' | 'json';
}

/** Ways to break the model: those of rules, and the one that each effect names. */
const KINDS = [...OPERATORS, 'effect'] as const;
type MutantKind = Operator | 'effect';

/** `clonecheck mutate`. */
export function mutateCommand(finish: Finish): Command {
  return addTargeting(new Command('mutate'))
    .description('Break the model in every way, one at a time, and show that the running kernel finds each break.')
    .option('--clause <glob>', 'only mutants of these clauses, such as errors/newns-*', clausesOption)
    .option('--operator <names>', `only these ways to break a clause: ${KINDS.join(', ')}`, kindsOption)
    .option(
      '--cases <n>',
      'generated calls, besides the examples and what lies beside them',
      countOption('cases'),
      40_000,
    )
    .option('--scenarios <n>', 'scenarios, for the effects', countOption('scenarios'), 4_000)
    .option('--seed <n>', 'same seed, same cases', countOption('seed'), 42)
    .option('--kernel <version>', 'hold the target to this Linux (default: the one that it reports)', kernelOption)
    .option('--all', 'a line for each mutant')
    .option('--json', 'the same as --format json')
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      const mutation = await mutated(options);
      const json = options.json === true || (options.format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
      process.stdout.write(
        json
          ? mutationLines(mutation)
              .map((line) => `${JSON.stringify(line)}\n`)
              .join('')
          : mutationText(mutation, options.all === true, colours()),
      );
      finish(statusOf(mutation));
    });
}

const EXAMPLES = `
Exit status: 0 where every mutant is found or explained, 1 where one survives, where the kernel differs from the model as it is, or where an
explanation is stale.

Examples:
  $ clonecheck mutate --clause 'errors/set-tid-*' --all
  $ clonecheck mutate --format json | jq -r 'select(.fate.kind == "survived") | .id'`;

async function mutated({
  clause = () => true,
  operator = KINDS,
  cases,
  scenarios,
  seed,
  kernel,
  ...targeting
}: Options): Promise<Mutation> {
  const { target, options, kernel: claimed } = meant(targeting);
  const heldTo = kernel ?? claimed;
  return mutate(openTarget(target, options), {
    clause,
    operators: OPERATORS.filter((each) => operator.includes(each)),
    effects: operator.includes('effect'),
    cases,
    scenarios,
    seed,
    ...(heldTo && { kernel: heldTo }),
    explanations: readExplanations(),
    ...(process.stderr.isTTY && { progress: showProgress() }),
  });
}

function statusOf({ mutants, differences, stale }: Mutation): ExitStatus {
  const isBad = differences.length > 0 || stale.length > 0 || mutants.some(({ fate }) => fate.kind === 'survived');
  return isBad ? EXIT.differs : EXIT.conforms;
}

function kindsOption(text: string): readonly MutantKind[] {
  return text.split(',').map((word) => choiceOption('operator', KINDS)(word.trim()));
}

/** Ids of clauses that have mutants. */
const MUTABLE: readonly string[] = [...CLAUSE_IDS, ...EFFECTS.map(({ id }) => id)];

function clausesOption(text: string): (id: string) => boolean {
  const words = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(/^(errors|effects)\//.test(text) ? `^${words}$` : `^(?:errors/|effects/)?${words}$`);
  const matches = (id: string): boolean => pattern.test(id);
  if (MUTABLE.some(matches)) return matches;
  throw new InputError(`--clause: no clause is called ${text}`, clauseHint(text));
}

function showProgress(): (mutants: number) => void {
  let shown = 0;
  return (mutants) => {
    const now = performance.now();
    if (now - shown < 200) return;
    shown = now;
    process.stderr.write(`\r\x1b[K${mutants.toLocaleString('en-US')} mutants\r`);
  };
}
