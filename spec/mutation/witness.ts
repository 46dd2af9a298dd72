import type { Clause } from '../clauses.js';
import type { Truth } from '../expression/compile.js';
import type { Call, CallName } from '../model/call.js';
import type { Specification } from '../model/specification.js';
import { assemble, axesOf, type Axis } from './axes.js';
import { distinctCandidates, type Candidate } from './candidates.js';
import { concerned, isOfOneErrno, type Concerned } from './concern.js';
import { CALLER } from './leaf-axes.js';
import { brokenSpecification, type Mutant } from './mutant.js';
import { namesIn } from './parts.js';
import { Agreed, View } from './view.js';

/** What a search for a call that tells a mutant apart came to. */
export type Search<Who> =
  | { readonly kind: 'witness'; readonly who: Who; readonly call: Call }
  /** No choice of flags, arguments and caller gives different answers: wherever one might, one of these rules answers. */
  | { readonly kind: 'none'; readonly instead: readonly string[] }
  /** The search was given up. */
  | { readonly kind: 'unknown' };

/** Places of the search that are looked at before it is given up. */
const PATIENCE = 15_000;

/**
 * Searches all choices of flags, arguments and callers for a call to which the model and the mutant give different answers, and gives
 * up a branch as soon as no choice that is left in it can. So where it finds none there is none.
 *
 * @param candidates - everyone who may make the call, on one kernel
 * @param judgeable - says no of calls that cannot be judged there
 */
export function searchWitness<Who>(
  specification: Specification,
  mutant: Mutant,
  candidates: readonly Candidate<Who>[],
  judgeable: (call: Call) => boolean = () => true,
): Search<Who> {
  const [first] = candidates;
  if (first === undefined || isOfOneErrno(specification, mutant)) return { kind: 'none', instead: [] };
  const { present, involved, altered } = concerned(specification, mutant, first.facts);
  const calls = new Set([...involved, ...(altered ? [altered] : [])].flatMap((clause) => clause.calls));
  const instead = new Set<string>();
  let isKnown = true;
  for (const call of calls) {
    const distinct = distinctCandidates(candidates, call, [...present, ...(altered ? [altered] : [])]);
    const found = new WitnessSearch(
      specification,
      mutant,
      call,
      distinct,
      { present, involved, altered },
      judgeable,
    ).run();
    if (found.kind === 'witness') return found;
    if (found.kind === 'unknown') isKnown = false;
    else for (const id of found.instead) instead.add(id);
  }
  return isKnown ? { kind: 'none', instead: [...instead] } : { kind: 'unknown' };
}

class WitnessSearch<Who> {
  private readonly axes: ReadonlyMap<string, Axis>;
  private readonly chosen = new Map<string, number>();
  private readonly broken: Specification;
  private readonly rank: number;
  private readonly agreed: Agreed;
  private readonly instead = new Set<string>();
  private places = 0;

  constructor(
    private readonly specification: Specification,
    private readonly mutant: Mutant,
    private readonly call: CallName,
    private readonly candidates: readonly Candidate<Who>[],
    private readonly concern: Concerned,
    private readonly judgeable: (call: Call) => boolean,
  ) {
    const facts = candidates.map((candidate) => candidate.facts);
    const kernel = facts[0]?.kernel;
    const names = new Set(this.own().flatMap(({ condition }) => [...namesIn(condition)]));
    const axes = kernel === undefined ? [] : axesOf(call, kernel, facts, names);
    this.broken = brokenSpecification(specification, mutant);
    this.axes = new Map(axes.map((axis) => [axis.name, axis]));
    this.agreed = new Agreed(facts);
    this.rank = Math.min(
      ...[...concern.involved, ...(concern.altered ? [concern.altered] : [])].map(({ rank }) => rank),
    );
  }

  run(): Search<Who> {
    const found = this.look();
    if (found !== undefined) return found;
    return this.places > PATIENCE ? { kind: 'unknown' } : { kind: 'none', instead: [...this.instead] };
  }

  private sizeOf(axis: string): number {
    return axis === CALLER ? this.candidates.length : (this.axes.get(axis)?.choices.length ?? 1);
  }

  /** Looks at what has been chosen so far, and goes on from there. */
  private look(): Search<Who> | undefined {
    if (++this.places > PATIENCE) return undefined;
    const candidate = this.candidates[this.chosen.get(CALLER) ?? 0];
    if (candidate === undefined) return undefined;
    const call = assemble(
      this.call,
      [...this.axes].map(([name, { choices }]) => choices[this.chosen.get(name) ?? 0] ?? {}),
    );
    const view = new View(
      this.specification,
      this.broken,
      candidate.facts,
      call,
      (axis) => !this.isOpen(axis),
      this.agreed,
    );
    const opposed = this.opposed(view);
    if (opposed === false) return undefined;
    const { present } = this.concern;
    const earlier = present.filter(({ rank }) => rank < this.rank);
    const first = earlier.find((clause) => view.truth(clause) === true);
    if (first !== undefined) {
      this.instead.add(first.id);
      return undefined;
    }
    // Where a fact is not known both allow whatever it leads to.
    if ([...this.own(), ...earlier].some((clause) => this.isBeyondChoice(view, clause))) return undefined;
    if (opposed === true && this.isHidden(view)) return undefined;
    if (this.judgeable(call) && view.tellsApart()) return { kind: 'witness', who: candidate.who, call };
    const axis = this.nextAxis(view, earlier);
    if (axis === undefined) return undefined;
    for (let index = 0; index < this.sizeOf(axis); index++) {
      this.chosen.set(axis, index);
      const found = this.look();
      if (found !== undefined) return found;
    }
    this.chosen.delete(axis);
    return undefined;
  }

  private isOpen(axis: string): boolean {
    return !this.chosen.has(axis) && this.sizeOf(axis) > 1;
  }

  /** Says whether the model and the mutant see the clauses differently: surely, surely not, or not known so far. */
  private opposed(view: View): Truth {
    const { involved, altered } = this.concern;
    const truths = involved.map((clause) => view.truth(clause));
    const [own] = truths;
    if (!this.isAboutConditions()) {
      if (truths.includes(false)) return false;
      return truths.includes(undefined) ? undefined : true;
    }
    const [original] = involved;
    if (original !== undefined && altered !== undefined && view.isLeftAlike(original, altered)) return false;
    const before = involved.length === 0 ? false : own;
    const after = altered === undefined ? false : view.truth(altered, true);
    return before === undefined || after === undefined ? undefined : before !== after;
  }

  private isAboutConditions(): boolean {
    const { change } = this.mutant;
    const [clause] = this.concern.involved;
    if (change.kind === 'order') return false;
    return clause === undefined || change.clause === undefined || clause.errno === change.clause.errno;
  }

  /** The next rule that holds gives the same errno, whichever stand before it. */
  private isHidden(view: View): boolean {
    if (!this.isAboutConditions()) return false;
    const errno = this.errno();
    for (const clause of this.later()) {
      const truth = view.truth(clause);
      if (truth !== false && clause.errno !== errno) return false;
      if (truth === true) {
        this.instead.add(clause.id);
        return true;
      }
    }
    return false;
  }

  private errno(): string | undefined {
    return (this.concern.involved[0] ?? this.concern.altered)?.errno;
  }

  private later(): readonly Clause[] {
    const own = this.concern.involved[0] ?? this.concern.altered;
    return this.concern.present.filter(({ rank }) => own !== undefined && rank > own.rank);
  }

  /** The axis to choose on next: of the clauses in question first, then of those that would hide the difference. */
  private nextAxis(view: View, earlier: readonly Clause[]): string | undefined {
    const own = this.own().flatMap((clause) => this.openAxes(view, clause));
    if (own.length > 0) return this.plainest(own);
    const between = this.between(view).flatMap((clause) => this.openAxes(view, clause));
    if (between.length > 0) return this.plainest(between);
    // A rule about what has been chosen already, that hangs on little more, is the likeliest to leave no choice.
    const others = [...earlier, ...this.later()]
      .map((clause) => ({ axes: this.openAxes(view, clause), isTouched: this.isTouched(clause) }))
      .filter(({ axes }) => axes.length > 0);
    const withoutCaller = others
      .map(({ axes, isTouched }) => ({ axes: axes.filter((axis) => axis !== CALLER), isTouched }))
      .filter(({ axes }) => axes.length > 0);
    const [least] = (withoutCaller.length > 0 ? withoutCaller : others).sort(
      (a, b) => Number(b.isTouched) - Number(a.isTouched) || a.axes.length - b.axes.length,
    );
    return least && this.plainest(least.axes);
  }

  /** Where a later rule surely gives the same errno, the rules that alone can let the difference show: others that come before it. */
  private between(view: View): readonly Clause[] {
    if (!this.isAboutConditions()) return [];
    const later = this.later();
    const hiding = later.findIndex((clause) => clause.errno === this.errno() && view.truth(clause) === true);
    return later.slice(0, Math.max(0, hiding)).filter((clause) => clause.errno !== this.errno());
  }

  /** It speaks of a flag that has been set. */
  private isTouched({ condition }: Clause): boolean {
    return [...namesIn(condition)].some((name) => (this.chosen.get(name) ?? 0) > 0);
  }

  /** The clauses in question. */
  private own(): readonly Clause[] {
    const { involved, altered } = this.concern;
    return altered === undefined ? involved : [...involved, altered];
  }

  private openAxes(view: View, clause: Clause): readonly string[] {
    return view.undecided(clause, clause === this.concern.altered).filter((axis) => this.isOpen(axis));
  }

  /** No choice decides whether the clause holds. */
  private isBeyondChoice(view: View, clause: Clause): boolean {
    const isAltered = clause === this.concern.altered;
    return view.truth(clause, isAltered) === undefined && this.openAxes(view, clause).length === 0;
  }

  /** The axis with the fewest choices. */
  private plainest(axes: readonly string[]): string | undefined {
    return [...axes].sort((a, b) => this.sizeOf(a) - this.sizeOf(b))[0];
  }
}
