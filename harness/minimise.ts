import type { Needed } from './needed.js';

/** A case that is simpler, and the part that it lacks; no part where it lacks several, each of which is taken away alone too. */
export interface Simpler<Subject> {
  readonly subject: Subject;
  readonly without?: string;
}

/** What a candidate came to: the same difference, or why it is none. */
export type Shown<Seen> =
  { readonly kind: 'same'; readonly seen: Seen } | { readonly kind: 'no'; readonly why: string };

/** What a reduction may cost. */
export interface Budget {
  /** Candidates that are run. */
  readonly runs: number;
  readonly seconds: number;
}

/** What is to be reduced, and how. */
export interface Problem<Subject, Seen> {
  /** Two subjects with the same key are the same. */
  readonly keyOf: (subject: Subject) => string;
  /** Every subject with one part less; those that lack more come first. */
  readonly simpler: (subject: Subject) => readonly Simpler<Subject>[];
  /** Why a candidate cannot show the difference, so that it need not be run. */
  readonly whyNot?: (subject: Subject) => Promise<string | undefined>;
  /** A shorter subject to be tried at once, after one was found. */
  readonly shortened?: (subject: Subject, seen: Seen) => Subject | undefined;
  /** Runs candidates and says what each came to. */
  readonly shows: (subjects: readonly Subject[]) => Promise<readonly Shown<Seen>[]>;
}

/** What a reduction came to. */
export interface Minimum<Subject, Seen> {
  readonly subject: Subject;
  readonly seen: Seen;
  /** Candidates that were run. */
  readonly runs: number;
  /** False where a budget ended the reduction before no single removal was left. */
  readonly complete: boolean;
  /** Each part that can be named, with the reason why it is still there. */
  readonly needed: readonly Needed[];
}

export const BUDGET: Budget = { runs: 400, seconds: 20 };
/** Candidates that are run together. */
const TOGETHER = 4;

/**
 * Takes parts away as long as the same difference remains. The result is 1-minimal: no single removal keeps it. No candidate is run
 * twice, and those that cannot show the difference are not run at all.
 *
 * @param original - shows the difference
 * @param seen - what it showed
 */
export async function minimise<Subject, Seen>(
  original: Subject,
  seen: Seen,
  problem: Problem<Subject, Seen>,
  budget: Budget = BUDGET,
): Promise<Minimum<Subject, Seen>> {
  const { keyOf, simpler, shortened } = problem;
  const deadline = performance.now() + budget.seconds * 1000;
  const answers = new Map<string, Shown<Seen>>();
  let best = { subject: original, seen };
  let runs = 0;
  let turn = 0;
  const isSpent = (): boolean => runs >= budget.runs || performance.now() > deadline;

  /** The next candidates that have to be run, so many as may be run together. */
  const openOnes = async (candidates: Iterator<Simpler<Subject>>): Promise<readonly Subject[]> => {
    const open = new Map<string, Subject>();
    for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
      const { subject } = next.value;
      const key = keyOf(subject);
      if (answers.has(key) || open.has(key)) continue;
      const why = await problem.whyNot?.(subject);
      if (why === undefined) open.set(key, subject);
      else answers.set(key, { kind: 'no', why });
      if (open.size >= Math.min(TOGETHER, budget.runs - runs)) break;
    }
    return [...open.values()];
  };
  const run = async (subjects: readonly Subject[]): Promise<typeof best | undefined> => {
    runs += subjects.length;
    const shown = await problem.shows(subjects);
    let found: typeof best | undefined;
    for (const [index, subject] of subjects.entries()) {
      const answer = shown[index] ?? { kind: 'no', why: 'without it there is no answer' };
      answers.set(keyOf(subject), answer);
      if (answer.kind === 'same') found ??= { subject, seen: answer.seen };
    }
    return found;
  };
  const cut = async (found: typeof best): Promise<typeof best> => {
    const shorter = shortened?.(found.subject, found.seen);
    if (shorter === undefined || isSpent()) return found;
    const open = await openOnes([{ subject: shorter }].values());
    return (open.length > 0 ? await run(open) : undefined) ?? found;
  };
  /** The first simpler subject that shows the same. What was taken away last is followed by what comes after it. */
  const next = async (): Promise<typeof best | undefined> => {
    const candidates = simpler(best.subject);
    const ordered = [...candidates.slice(turn), ...candidates.slice(0, turn)];
    const known = ordered.map(({ subject }) => answers.get(keyOf(subject)));
    const at = known.findIndex((answer) => answer?.kind === 'same');
    const [taken, answer] = [ordered[at], known[at]];
    let found = taken && answer?.kind === 'same' ? { subject: taken.subject, seen: answer.seen } : undefined;
    for (const left = ordered.values(); found === undefined && !isSpent();) {
      const open = await openOnes(left);
      if (open.length === 0) break;
      found = await run(open);
    }
    if (found !== undefined) {
      const key = keyOf(found.subject);
      turn = candidates.findIndex(({ subject }) => keyOf(subject) === key);
    }
    return found;
  };

  best = await cut(best);
  for (let found = await next(); found !== undefined; found = await next()) best = await cut(found);

  const left = simpler(best.subject).map(({ subject, without }) => ({ without, answer: answers.get(keyOf(subject)) }));
  const needed = left.flatMap(({ without: part, answer }): readonly Needed[] => {
    if (part === undefined) return [];
    return [{ part, why: answer?.kind === 'no' ? answer.why : 'it was not tried: the budget is spent' }];
  });
  return { ...best, runs, complete: left.every(({ answer }) => answer?.kind === 'no'), needed };
}
