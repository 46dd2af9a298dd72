import pc from 'picocolors';
import { formatKernelVersion } from '../../spec/index.js';
import type { Fate, FateKind, MutantResult, Mutation } from '../../harness/index.js';
import { count } from '../sentences.js';
import { grouped } from './grouped.js';
import { medianOf, totalsOf } from './totals.js';

type Colors = ReturnType<typeof pc.createColors>;

/** What a fate is called. */
const WORDS: Readonly<Record<FateKind, string>> = {
  found: 'found',
  imagined: 'found on an imagined kernel',
  equivalent: 'equivalent',
  elsewhere: 'not shown here',
  explained: 'explained',
  survived: 'SURVIVED',
};

/** How much of a counterexample is shown. */
const WIDTH = 150;

/**
 * What became of all mutants, grouped by clause: for each operator how many were found after how many cases, with the counterexample of the one
 * that took longest.
 *
 * @param all - a line for each mutant
 * @param colour - with escape sequences
 */
export function mutationText(mutation: Mutation, all: boolean, colour: boolean): string {
  const colours = pc.createColors(colour);
  const { mutants, differences, stale, kernel, seed, target, seconds } = mutation;
  const clauses = grouped(mutants, ({ clause }) => clause);
  const totals = totalsOf(mutants);
  const median = medianOf(mutants);
  return [
    colours.bold(
      `mutants of the model on ${target}: Linux ${formatKernelVersion(kernel.version)} ${kernel.arch}, seed ${String(seed)}`,
    ),
    ...clauses.flatMap(([clause, own]) => ['', ...clauseLines(clause, own, all, colours)]),
    '',
    ...differences.slice(0, 10).map((text) => colours.red(`THE MODEL ITSELF DIFFERS FROM THE KERNEL: ${text}`)),
    ...stale.map(({ mutant }) => colours.red(`STALE EXPLANATION: ${mutant} is found, or is no mutant any more`)),
    ...mutants
      .filter(({ fate }) => fate.kind === 'survived')
      .map(({ id, broken, fate }) =>
        colours.red(`SURVIVED ${id}: ${broken}; ${fate.kind === 'survived' ? fate.why : ''}`),
      ),
    `${count(mutants.length, 'mutant')} of ${count(clauses.length, 'clause')} in ${seconds.toFixed(1)} s`,
    `  ${number(totals.found)} found by the kernel${median === undefined ? '' : `, half of them within ${number(median)} cases`}`,
    `  ${number(totals.imagined)} of rules that this kernel, its configuration or its callers cannot show, found on imagined kernels`,
    `  ${number(totals.equivalent)} equivalent: a search of all flags, arguments and callers ends without a call that tells them apart`,
    `  ${number(totals.elsewhere)} not shown here, ${number(totals.explained)} explained`,
    `  ${number(totals.survived)} survived`,
    '',
  ].join('\n');
}

function clauseLines(
  clause: string,
  mutants: readonly MutantResult[],
  all: boolean,
  colours: Colors,
): readonly string[] {
  const lines = grouped(mutants, ({ operator }) => operator).flatMap(([operator, own]) => [
    ...(all ? own.map((result) => mutantLine(result, colours)) : foundLines(operator, own, colours)),
    ...(all ? [] : otherLines(operator, own, colours)),
  ]);
  return [colours.bold(clause), ...lines];
}

function mutantLine({ id, clause, fate }: MutantResult, colours: Colors): string {
  const name = id.slice(clause.length + 1);
  return 'cases' in fate ? foundLine(name, [fate], fate, '', colours) : line(name, WORDS[fate.kind], fate.why, colours);
}

type FoundFate = Extract<Fate, { readonly cases: number }>;

function foundLines(operator: string, mutants: readonly MutantResult[], colours: Colors): readonly string[] {
  const found = mutants.flatMap(({ fate, broken }) => ('cases' in fate ? [{ fate, broken }] : []));
  const [hardest] = [...found].sort((a, b) => b.fate.cases - a.fate.cases);
  if (hardest === undefined) return [];
  const fates = found.map(({ fate }) => fate);
  return [foundLine(operator, fates, hardest.fate, found.length > 1 ? `${hardest.broken}: ` : '', colours)];
}

function foundLine(
  name: string,
  fates: readonly FoundFate[],
  hardest: FoundFate,
  what: string,
  { dim, green }: Colors,
): string {
  const cases = fates.map((fate) => fate.cases);
  const [least, most] = [Math.min(...cases), Math.max(...cases)];
  const where = hardest.kind === 'imagined' ? `${hardest.kernel}, ` : '';
  const after = `after ${least === most ? number(most) : `${number(least)} to ${number(most)}`}`;
  const many = fates.length === 1 ? 'found' : `${number(fates.length)} found`;
  return `  ${name.padEnd(width(name))} ${green(`${many} ${after}`.padEnd(28))} ${dim(where)}${what}${shortened(hardest.minimal)} ${dim(`gives ${hardest.observed}`)}`;
}

/** What was not found, those with one reason together. */
function otherLines(operator: string, mutants: readonly MutantResult[], colours: Colors): readonly string[] {
  const others = mutants.flatMap(({ id, clause, fate }) =>
    'cases' in fate ? [] : [{ name: id.slice(clause.length + operator.length + 2), kind: fate.kind, why: fate.why }],
  );
  return grouped(others, ({ kind, why }) => `${kind} ${why}`).flatMap(([, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ name }) => name).filter((name) => name !== '');
    const of = names.length > 0 ? `${names.join(', ')}: ` : '';
    return [
      line(
        operator,
        `${group.length > 1 ? `${String(group.length)} ` : ''}${WORDS[first.kind]}`,
        `${of}${first.why}`,
        colours,
      ),
    ];
  });
}

function line(name: string, fate: string, why: string, { red, yellow }: Colors): string {
  const colour = fate.endsWith(WORDS.survived) ? red : yellow;
  return `  ${name.padEnd(width(name))} ${colour(fate.padEnd(28))} ${why}`;
}

function shortened(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Single mutants have longer names than operators. */
function width(name: string): number {
  return name.includes(' ') ? 40 : 12;
}
