import {
  SPECIFICATION,
  formatCall,
  predict,
  type Call,
  type Caller,
  type CallerFacts,
  type Facts,
  type KernelFacts,
  type Outcome,
  type Prediction,
} from '../spec/index.js';
import { holdsAll } from './call-parts.js';
import type { Case } from './case.js';
import type { Environment } from './environment.js';
import { explainedTogether } from './explained-together.js';
import { judge, type Deviation, type Judgement } from './judge.js';
import type { JudgeOptions } from './judge-case.js';
import type { Shown } from './minimise.js';
import { AS_PREDICTED, type Needed } from './needed.js';
import { reduce } from './reduce.js';
import type { BatchResult, Runner } from './session.js';

/** One distinct difference. */
export interface Finding {
  readonly clause: string;
  readonly kind: Deviation;
  readonly expected: readonly Outcome[];
  readonly observed: Outcome;
  /** The smallest case that shows it. */
  readonly minimal: Case;
  /** Of `n` runs of the minimal case `k` showed it; below n it is unstable. */
  readonly reproducible: { readonly k: number; readonly n: number };
  /** Candidates run to reduce it. */
  readonly runs: number;
  /** False where a budget ended the reduction. */
  readonly complete: boolean;
  /** Why each part of the minimal case is still there. */
  readonly needed: readonly Needed[];
}

/** A case that differed. */
export interface Difference {
  readonly case: Case;
  readonly judgement: Judgement & { readonly verdict: 'fail' };
}

const REPEATS = 5;
/** So many investigations of one fingerprint in a row may bring nothing new before its other differences are left. */
const REPETITIONS = 4;
/** So many findings are worked out; a target that deviates in more ways has its reader busy for long. */
export const MOST_FINDINGS = 100;

/** A finding, and the smallest case that still gets the wrong answer, whichever clause it then speaks against. */
interface Investigated extends Finding {
  readonly core: Case;
}

/** Makes distinct findings of differences: runs each again, reduces it, and sets aside what it explains. */
export async function distinctFindings(
  differences: readonly Difference[],
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions & { readonly signal?: AbortSignal },
): Promise<readonly Finding[]> {
  const findings: Investigated[] = [];
  const repetitions = new Map<string, number>();
  const factsOf = callerFactsBy(session);
  const isExplained = async (subject: Case, observed: Outcome): Promise<boolean> => {
    if (findings.length === 0) return false;
    const caller = await factsOf(subject.caller);
    return caller !== undefined && explainedTogether(findings, subject, observed, { kernel, caller }, options);
  };
  // A rule that is missing may be found after a difference that it explains.
  const told = async (): Promise<readonly Finding[]> => {
    const isMissing = ({ kind }: Finding): boolean => kind === 'missing' || kind === 'accepted';
    const isTold = await Promise.all(
      findings.map(async (finding) => isMissing(finding) || !(await isExplained(finding.minimal, finding.observed))),
    );
    return findings.filter((_, index) => isTold[index]).map(({ core, ...finding }) => finding);
  };
  let open = inOrder(differences);
  for (;;) {
    const first = open.shift();
    if (first === undefined || findings.length >= MOST_FINDINGS) return told();
    const aborted = options.signal?.aborted === true;
    if (!aborted && (await isExplained(first.case, first.judgement.observed))) continue;
    const finding = aborted ? asFound(first) : await toTheCore(first, session, kernel, environment, options);
    const same = fingerprint(finding);
    if (findings.some((known) => explains(known, { case: finding.minimal, judgement: finding }))) {
      repetitions.set(same, (repetitions.get(same) ?? 0) + 1);
    } else {
      repetitions.delete(same);
      findings.push(finding);
    }
    const enough = aborted || (repetitions.get(same) ?? 0) >= REPETITIONS;
    open = open.filter((other) => !explains(finding, other) && !(enough && fingerprint(other.judgement) === same));
  }
}

/**
 * The smallest first. A call that several rules refuse, and that is accepted, says less than one that a single rule refuses: where there is
 * one of the same clause by the same caller, it comes behind.
 */
function inOrder(differences: readonly Difference[]): Difference[] {
  const keyOf = ({ case: { caller }, judgement }: Difference): string =>
    `${judgement.clause} ${caller.attributes.join(' ')}`;
  const missing = new Set(differences.filter(({ judgement }) => judgement.kind === 'missing').map(keyOf));
  const isLess = (each: Difference): number => (each.judgement.kind === 'accepted' && missing.has(keyOf(each)) ? 1 : 0);
  return [...differences].sort((a, b) => isLess(a) - isLess(b) || sizeOf(a.case) - sizeOf(b.case));
}

/** What each caller says of itself, asked once. */
function callerFactsBy(session: Runner): (caller: Caller) => Promise<CallerFacts | undefined> {
  const known = new Map<string, Promise<CallerFacts | undefined>>();
  return (caller) => {
    const key = caller.attributes.join(' ');
    const facts = known.get(key) ?? session.run(caller, []).then((result) => result.facts);
    known.set(key, facts);
    return facts;
  };
}

/** Clause and kind of deviation. */
function fingerprint({ clause, kind }: { readonly clause: string; readonly kind: Deviation }): string {
  return `${clause} ${kind}`;
}

/** A difference that is not looked into any further. */
function asFound({ case: original, judgement }: Difference): Investigated {
  const { clause, kind, expected, observed } = judgement;
  const found = { clause, kind, expected, observed, minimal: original, core: original };
  return { ...found, reproducible: { k: 1, n: 1 }, runs: 0, complete: false, needed: [] };
}

/**
 * Investigates a difference. Where less of it is wrong by another clause already, that is what there is to be told: not that
 * a rule about `clone3({flags=…})` is broken where `clone3({})` is.
 */
async function toTheCore(first: Difference, ...rest: Tail<Parameters<typeof investigate>>): Promise<Investigated> {
  for (let difference = first; ;) {
    const finding = await investigate(difference, ...rest);
    const [judgement] = await judgeCases([finding.core], ...rest);
    if (judgement?.verdict !== 'fail' || judgement.clause === finding.clause) return finding;
    difference = { case: finding.core, judgement };
  }
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

async function investigate(
  difference: Difference,
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions,
): Promise<Investigated> {
  const { case: original, judgement } = difference;
  const judged = (cases: readonly Case[]): Promise<readonly Judgement[]> =>
    judgeCases(cases, session, kernel, environment, options);
  const isSame = (each: Judgement): boolean =>
    each.verdict === 'fail' && each.clause === judgement.clause && each.kind === judgement.kind;
  const same = async (cases: readonly Case[]): Promise<readonly Shown<undefined>[]> =>
    (await judged(cases)).map((each) => (isSame(each) ? SAME : { kind: 'no', why: whyOther(each) }));
  const repeat = (subject: Case): Promise<readonly Judgement[]> =>
    judged(Array.from({ length: REPEATS }, () => subject));

  const found = asFound(difference);
  const first = (await repeat(original)).filter(isSame).length;
  if (first < REPEATS) return { ...found, reproducible: { k: first, n: REPEATS } };
  const whyNot = applies(judgement.clause, session, kernel, environment, options);
  const { minimal, ...reduction } = await reduce(original, same, { whyNot });
  const last = (await repeat(minimal)).filter((each) => each.verdict === 'fail').filter(isSame);
  const { expected, observed } = last[0] ?? judgement;
  const core = await reduce(minimal, async (cases) =>
    (await judged(cases)).map((each) => {
      return each.verdict === 'fail' && each.observed === observed ? SAME : { kind: 'no', why: whyOther(each) };
    }),
  );
  const reproducible = { k: last.length, n: REPEATS };
  return { ...found, ...reduction, expected, observed, minimal, core: core.minimal, reproducible };
}

const SAME: Shown<undefined> = { kind: 'same', seen: undefined };

/** Why a candidate does not show the difference. */
function whyOther(judgement: Judgement): string {
  switch (judgement.verdict) {
    case 'pass':
      return AS_PREDICTED;
    case 'fail':
      return `without it another difference shows: ${judgement.clause} ${judgement.kind}`;
    case 'blocked':
    case 'not-run':
      return `without it nothing is judged: ${judgement.why}`;
  }
}

/** Says of which cases the clause is not the one that decides, so that they cannot show a difference from it. */
function applies(
  clause: string,
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  { order, specification = SPECIFICATION }: JudgeOptions,
): (subject: Case) => Promise<string | undefined> {
  const known = new Map<string, Promise<BatchResult>>();
  return async ({ caller, call }) => {
    const forbidden = environment.forbidsCaller(caller);
    if (forbidden !== undefined) return `without it nothing is judged: ${forbidden}`;
    const key = caller.attributes.join(' ');
    const asked = known.get(key) ?? session.run(caller, []);
    known.set(key, asked);
    const { facts } = await asked;
    if (facts === undefined) return 'without it the caller cannot be made';
    const [winner] = predict({ kernel, caller: facts }, call, { order, specification }).refusals;
    const decides = winner?.id ?? specification.errors.otherwise.id;
    return decides === clause ? undefined : `without it ${clause} does not decide`;
  };
}

/** Runs cases and judges each. They are sent ahead; the session keeps their order. */
export async function judgeCases(
  cases: readonly Case[],
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions,
): Promise<readonly Judgement[]> {
  return Promise.all(
    cases.map(async ({ caller, call }): Promise<Judgement> => {
      const forbidden = environment.forbidsCaller(caller);
      if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
      const { facts, blocked, observations } = await session.run(caller, [call]);
      const observation = observations[0];
      return facts === undefined || observation === undefined
        ? { verdict: 'blocked', why: blocked ?? 'the caller could not be made' }
        : judgeOne({ kernel, caller: facts }, { caller, call }, observation, environment, options);
    }),
  );
}

/** Judges one observation with the facts of the batch that it comes from. */
export function judgeOne(
  facts: Facts,
  { call }: Case,
  observation: Parameters<typeof judge>[1],
  environment: Environment,
  options: JudgeOptions,
): Judgement {
  return judgePredicted(predict(facts, call, options), call, observation, environment, options);
}

/** Judges one observation of a call that was predicted already. */
export function judgePredicted(
  prediction: Prediction,
  call: Call,
  observation: Parameters<typeof judge>[1],
  environment: Environment,
  { level, specification = SPECIFICATION }: JudgeOptions,
): Judgement {
  const forbidden = environment.forbids(call);
  if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
  return judge(prediction, observation, specification.errors.otherwise.id, level);
}

/**
 * The known finding says all that this difference says: the target answers the same, and the case holds all that the core
 * of the known one holds. What is wrong with the smaller case is wrong with the larger one too, whichever of its rules is
 * named first. Where it is the same rule and the same deviation, neither the caller nor the values of arguments matter.
 */
function explains(
  known: Investigated,
  {
    case: other,
    judgement,
  }: { readonly case: Case; readonly judgement: Omit<Finding, 'minimal'> | Difference['judgement'] },
): boolean {
  if (known.clause === judgement.clause && isAccepted(known) && isAccepted(judgement)) return true;
  if (known.observed !== judgement.observed) return false;
  const { caller, call } = known.core;
  if (fingerprint(known) === fingerprint(judgement)) return holdsAll(other.call, call, () => true);
  return (
    holdsAll(other.call, call, (one, another) => one === another) &&
    caller.attributes.every((attribute) => other.caller.attributes.includes(attribute))
  );
}

/** A call that gets this answer says no more than a finding does that is known. */
export function isKnown(findings: readonly Finding[], call: Call, observed: Outcome): Finding | undefined {
  return findings.find((known) => known.observed === observed && holdsAll(call, known.minimal.call, () => true));
}

/** Both say that a rule is not there: whether the next rule or nothing stands behind it is the case's doing. */
function isAccepted({ kind }: { readonly kind: Deviation }): boolean {
  return kind === 'missing' || kind === 'accepted';
}

function sizeOf(subject: Case): number {
  return subject.caller.attributes.length * 40 + formatCall(subject.call).length;
}

/** `root: clone(CLONE_NEWNS|CLONE_FS)`. */
export function textOf({ caller, call }: Case): string {
  return `${caller.name}: ${formatCall(call)}`;
}
