import {
  ERROR_CLAUSES,
  SPECIFICATION,
  absence,
  isOfOneErrno,
  mutantsOf,
  searchWitness,
  type Clause,
  type KernelFacts,
  type Mutant,
  type Operator,
} from '../../spec/index.js';
import { textOf } from '../findings.js';
import type { Imagined } from './imagined.js';
import { Answers, firstCaught, leastCase } from './hunt.js';
import type { Counterexample, Fate, MutantResult } from './result.js';
import type { World } from './world.js';

/** Worlds in which mutants of the rules are looked for. */
export interface Worlds {
  readonly target: World;
  /** Imagined kernels, the first of them the target's own with every caller. */
  readonly imagined: readonly Imagined[];
  /** What an imagined kernel answers to the same run. */
  readonly imagine: (kernel: Imagined) => Promise<World>;
}

/** Which mutants are meant. */
export interface Selection {
  readonly clause: (id: string) => boolean;
  readonly operators: readonly Operator[];
}

/** Breaks the rules of the model, one at a time and in every way, and looks for a case in which the kernel says otherwise. */
export async function* ruleMutants(
  worlds: Worlds,
  { clause: selects, operators }: Selection,
): AsyncGenerator<MutantResult> {
  const answers = new Map<World, Answers>();
  const counterexample = async (world: World, mutant: Mutant): Promise<Counterexample | undefined> => {
    const subject = firstCaught(world, mutant);
    if (subject === undefined) return undefined;
    const known = answers.get(world) ?? new Answers(world);
    answers.set(world, known);
    const { cases, minimal, observed } = await leastCase(world, mutant, subject, known);
    return { cases, minimal: textOf(minimal), observed };
  };
  for (const clause of ERROR_CLAUSES.clauses.filter(({ id }) => selects(id))) {
    const absent = absence(clause, worlds.target.kernel);
    for (const mutant of mutantsIn(clause, worlds.target, operators)) {
      yield { ...about(mutant), fate: await fateOnTarget(clause, mutant, worlds, counterexample) };
    }
    if (absent === undefined) continue;
    const kernel = worlds.imagined.find((each) => absence(clause, each.kernel) === undefined);
    if (kernel === undefined) throw new Error(`no imagined kernel has ${clause.id}`);
    const home = await worlds.imagine(kernel);
    for (const mutant of mutantsIn(clause, home, operators)) {
      const found = await counterexample(home, mutant);
      yield { ...about(mutant), fate: found ? imagined(home, absent, found) : unseen(clause, mutant, home) };
    }
  }
}

function about({ id, clause, operator, broken }: Mutant): Omit<MutantResult, 'fate'> {
  return { id, clause, operator, broken };
}

/** The clause's mutants on a kernel. */
function mutantsIn(
  clause: Clause,
  { kernel }: { readonly kernel: KernelFacts },
  operators: readonly Operator[],
): readonly Mutant[] {
  const present = ERROR_CLAUSES.clauses.filter((each) => absence(each, kernel) === undefined);
  const isPresent = absence(clause, kernel) === undefined;
  return mutantsOf(clause, { present, kernel }, isPresent ? operators : operators.filter((each) => each === 'version'));
}

async function fateOnTarget(
  clause: Clause,
  mutant: Mutant,
  { target, imagined: [running], imagine }: Worlds,
  counterexample: (world: World, mutant: Mutant) => Promise<Counterexample | undefined>,
): Promise<Fate> {
  const found = await counterexample(target, mutant);
  if (found !== undefined) return { kind: 'found', ...found };
  const hindered = target.whyNotJudged.get(clause.id);
  // Where the clause's own caller cannot be made, another that would show it is a matter of luck.
  if (hindered === undefined && search(mutant, target).kind !== 'none') return unseen(clause, mutant, target);
  const why = hindered ?? 'no caller that can be made here shows it';
  const same = running && (await imagine(running));
  const elsewhere = same && (await counterexample(same, mutant));
  if (same !== undefined && elsewhere !== undefined) return imagined(same, why, elsewhere);
  return unseen(clause, mutant, same ?? target);
}

function imagined(world: World, why: string, found: Counterexample): Fate {
  return { kind: 'imagined', kernel: world.imagined ?? '', why, ...found };
}

function search(mutant: Mutant, world: World): ReturnType<typeof searchWitness<World['callers'][number]['who']>> {
  return searchWitness(SPECIFICATION, mutant, world.callers, (call) => world.environment.forbids(call) === undefined);
}

/** Why no case of a run shows a mutant. */
function unseen(clause: Clause, mutant: Mutant, world: World): Fate {
  const found = search(mutant, world);
  switch (found.kind) {
    case 'witness':
      return {
        kind: 'survived',
        why: `no case of the run shows it, but this does: ${textOf({ caller: found.who, call: found.call })}`,
      };
    case 'unknown':
      return { kind: 'survived', why: 'no case of the run shows it, and the search for one was given up' };
    case 'none':
      return clause.unjudged === undefined
        ? { kind: 'equivalent', why: whyEquivalent(mutant, found.instead, world) }
        : { kind: 'elsewhere', why: clause.unjudged };
  }
}

function whyEquivalent(mutant: Mutant, instead: readonly string[], { callers }: World): string {
  const { change } = mutant;
  if (isOfOneErrno(SPECIFICATION, mutant))
    return `both give ${SPECIFICATION.clause(mutant.clause)?.errno ?? 'the same errno'}`;
  if (change.kind === 'order' && instead.length === 0)
    return `no call by any of ${String(callers.length)} callers breaks both rules`;
  const [first, second, ...more] = instead;
  if (first === undefined) return `no flags, arguments and none of ${String(callers.length)} callers show it`;
  const rules = [first, second].filter((id) => id !== undefined).join(' and ');
  return `wherever it would show, ${rules}${more.length > 0 ? ` or ${String(more.length)} other rules` : ''} answer${second === undefined ? 's' : ''} in its place`;
}
