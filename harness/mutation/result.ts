/** What became of one break of the model. */
export interface MutantResult {
  /** Clause, operator and what it changes. */
  readonly id: string;
  readonly clause: string;
  /** How it was broken; `effect` for what `effects.yaml` names. */
  readonly operator: string;
  /** What a kernel does that is broken so. */
  readonly broken: string;
  readonly fate: Fate;
}

/** A case that tells a mutant from a kernel. */
export interface Counterexample {
  /** How many cases of the run it took. */
  readonly cases: number;
  /** The first of them that differed, reduced. */
  readonly minimal: string;
  /** What the kernel answered. */
  readonly observed: string;
}

export type Fate =
  /** The target showed it. */
  | ({ readonly kind: 'found' } & Counterexample)
  /** The target cannot show it; on an imagined kernel, which does what the whole model says, it is found. */
  | ({ readonly kind: 'imagined'; readonly kernel: string; readonly why: string } & Counterexample)
  /** No input tells it apart, as a search of all of them has shown. */
  | { readonly kind: 'equivalent'; readonly why: string }
  /** What would show it is not made: the clause says why. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** `spec/mutants.yaml` says why it cannot be found. */
  | { readonly kind: 'explained'; readonly why: string; readonly source: string }
  /** Nothing explains it. */
  | { readonly kind: 'survived'; readonly why: string };

export type FateKind = Fate['kind'];
