import { CSIGNAL, EFFECTS, formatStep, type Call, type Facts, type Mismatch, type Scenario } from '../spec/index.js';
import { UNEXPLAINED, explains, explanations, mayExplain } from './scenario-judge.js';
import type { ScenarioFailure } from './scenario-run.js';

/** A cause of differences, with the scenarios that it explains, the smallest first. */
export interface Cause {
  readonly clause: string;
  /** Effects whose absence explains the members only together with that of `clause`. */
  readonly besides?: ReadonlySet<string>;
  readonly members: readonly ScenarioFailure[];
}

/** So many failures are looked into, the smallest; a target that gets more wrong has its reader busy for long. */
const MOST = 1_000;

interface Explained {
  readonly failure: ScenarioFailure;
  readonly facts: Facts;
  readonly by: readonly string[];
  /** Nothing explains it but effects that other scenarios showed to be there. */
  readonly isFarfetched: boolean;
}

/**
 * Finds the fewest effects whose absence explains all failures: the one that explains most first. What several explain together is
 * explained, and so is what may come of them where the model loses sight of what they bring about: that shows when they are mended.
 * What none explains is kept apart by the operation at which it shows.
 *
 * @param held - effects that other scenarios showed to be there: they are causes only where nothing else is
 */
export async function causesOf(
  failures: readonly ScenarioFailure[],
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  held: ReadonlySet<string>,
): Promise<readonly Cause[]> {
  let open: Explained[] = [];
  const smallestFirst = [...failures].sort((a, b) => rank(a.scenario) - rank(b.scenario)).slice(0, MOST);
  for (const failure of smallestFirst) {
    const facts = failure.facts ?? (await factsOf(failure.scenario));
    if (facts === undefined) continue;
    const all = explanations(facts, failure.scenario, failure.judgement.observed);
    const free = all.filter((clause) => !held.has(clause));
    open.push({ failure, facts, by: free.length > 0 ? free : all, isFarfetched: free.length === 0 });
  }
  const causes: Cause[] = [];
  const chosen = new Set<string>();
  for (let isFarfetched = false; ;) {
    const clause = mostFrequent(open.flatMap((each) => (isFarfetched || !each.isFarfetched ? each.by : [])));
    if (clause === undefined && isFarfetched) break;
    if (clause === undefined) {
      isFarfetched = true;
      // What may come of a cause, for all that the model knows, needs no such explanation.
      open = open.filter((each) => each.by.length === 0 || !mayComeOf(each, chosen));
      continue;
    }
    chosen.add(clause);
    causes.push({ clause, members: open.filter(({ by }) => by.includes(clause)).map(({ failure }) => failure) });
    open = open.filter(
      ({ by, facts, failure: { scenario, judgement } }) =>
        !by.includes(clause) && !explains(facts, scenario, chosen, judgement.observed),
    );
  }
  const left = open.filter((each) => !mayComeOf(each, chosen));
  return [...causes, ...together(left, chosen)];
}

/** The causes, one alone or all together, may have brought it about. */
function mayComeOf({ facts, failure: { scenario, judgement } }: Explained, causes: ReadonlySet<string>): boolean {
  return [causes, ...[...causes].map((clause) => new Set([clause]))].some((effects) =>
    mayExplain(facts, scenario, effects, judgement.observed),
  );
}

/** What is left is tried with one effect more than those that are causes already; what that does not explain either is kept apart. */
function together(open: readonly Explained[], chosen: ReadonlySet<string>): readonly Cause[] {
  const causes: Cause[] = [];
  let left = open.map((each) => ({ ...each, by: chosen.size === 0 ? [] : explanationsBesides(each, chosen) }));
  for (;;) {
    const clause = mostFrequent(left.flatMap(({ by }) => by));
    if (clause === undefined) break;
    const members = left.filter(({ by }) => by.includes(clause)).map(({ failure }) => failure);
    causes.push({ clause, besides: chosen, members });
    left = left.filter(({ by }) => !by.includes(clause));
  }
  return [...causes, ...unexplained(left.map(({ failure }) => failure))];
}

function explanationsBesides(
  { facts, failure: { scenario, judgement } }: Explained,
  chosen: ReadonlySet<string>,
): readonly string[] {
  return explanations(facts, scenario, judgement.observed, chosen);
}

function mostFrequent(clauses: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const clause of clauses) counts.set(clause, (counts.get(clause) ?? 0) + 1);
  return [...counts].sort(([one, a], [another, b]) => b - a || Number(isAsked(another)) - Number(isAsked(one)))[0]?.[0];
}

/** Of effects that explain the same the one that a flag asks for, and of these the first of the specification. */
export function likeliest(clauses: readonly string[]): string | undefined {
  const inOrder = EFFECTS.map(({ id }) => id).filter((id) => clauses.includes(id));
  return inOrder.find(isAsked) ?? inOrder[0];
}

/** What a flag asks for is likelier not to be there than what happens without one. */
function isAsked(clause: string): boolean {
  return EFFECTS.some(({ id, flag, with: asked = false }) => id === clause && flag !== undefined && asked);
}

function unexplained(failures: readonly ScenarioFailure[]): readonly Cause[] {
  const groups = new Map<string, ScenarioFailure[]>();
  for (const failure of failures) {
    const key = fingerprintOf(failure.scenario, UNEXPLAINED, failure.judgement.mismatch);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()].map((members) => ({ clause: UNEXPLAINED, members }));
}

/** A difference that no effect explains is known by the operation at which it shows, and by how. */
export function fingerprintOf({ steps }: Scenario, clause: string, { step, expected, observed }: Mismatch): string {
  return clause === UNEXPLAINED ? [steps[step]?.op, expected.kind, observed.kind].join(' ') : clause;
}

/** Small scenarios first, and of these such as need no kcmp, which not every target has. */
export function rank({ caller, steps }: Scenario): number {
  const hard = steps.filter(({ op }) => op === 'kcmp' || op.startsWith('ptrace')).length;
  const length = steps.reduce((sum, step) => sum + formatStep(step).length, 0);
  return steps.length + 2 * hard + caller.attributes.length + length / 10_000;
}

/** How many flags the calls of a scenario have. */
export function flagsIn({ steps }: Scenario): number {
  return steps.reduce((sum, step) => sum + (step.op === 'clone' ? flagsOf(step.call) : 0), 0);
}

function flagsOf(call: Call): number {
  const flags = call.call === 'clone' ? call.flags & ~CSIGNAL : call.call === 'clone3' ? call.args.flags : 0n;
  return flags.toString(2).replaceAll('0', '').length;
}
