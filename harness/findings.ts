import { SPECIFICATION, formatCall, predict, type Facts, type Outcome } from '../spec/index.js';
import type { Case } from './case.js';
import type { Environment } from './environment.js';
import { judge, type Deviation, type Judgement } from './judge.js';
import type { JudgeOptions } from './judge-case.js';
import { reduce } from './reduce.js';
import type { Runner } from './session.js';
import type { KernelFacts } from '../spec/index.js';

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
}

/** A case that differed. */
export interface Difference {
  readonly case: Case;
  readonly judgement: Judgement & { readonly verdict: 'fail' };
}

const REPEATS = 5;

/** Makes distinct findings of differences: runs each again, reduces it, and sets aside what it explains. */
export async function distinctFindings(
  differences: readonly Difference[],
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let open = [...differences].sort((a, b) => sizeOf(a.case) - sizeOf(b.case));
  for (;;) {
    const first = open.shift();
    if (first === undefined) return findings;
    const finding = await investigate(first, session, kernel, environment, options);
    if (!findings.some((known) => textOf(known.minimal) === textOf(finding.minimal) && known.kind === finding.kind))
      findings.push(finding);
    open = open.filter((other) => !explains(finding, other));
  }
}

async function investigate(
  { case: original, judgement }: Difference,
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions,
): Promise<Finding> {
  const same = async (cases: readonly Case[]): Promise<readonly boolean[]> => {
    const judgements = await judgeCases(cases, session, kernel, environment, options);
    return judgements.map(
      (each) => each.verdict === 'fail' && each.clause === judgement.clause && each.kind === judgement.kind,
    );
  };
  const again = await same(Array.from({ length: REPEATS }, () => original));
  const k = again.filter(Boolean).length;
  const found = {
    clause: judgement.clause,
    kind: judgement.kind,
    expected: judgement.expected,
    observed: judgement.observed,
  };
  if (k < REPEATS) return { ...found, minimal: original, reproducible: { k, n: REPEATS }, runs: 0, complete: false };
  const { minimal, runs, complete } = await reduce(original, same);
  const [last] = await judgeCases([minimal], session, kernel, environment, options);
  const seen = last?.verdict === 'fail' ? { expected: last.expected, observed: last.observed } : {};
  return { ...found, ...seen, minimal, reproducible: { k, n: REPEATS }, runs, complete };
}

/** Runs cases and judges each; cases of one caller in a row are one batch. */
export async function judgeCases(
  cases: readonly Case[],
  session: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: JudgeOptions,
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = [];
  for (const { caller, call } of cases) {
    const why = environment.forbidsCaller(caller);
    if (why !== undefined) {
      judgements.push({ verdict: 'blocked', why });
      continue;
    }
    const { facts, blocked, observations } = await session.run(caller, [call]);
    const observation = observations[0];
    judgements.push(
      facts === undefined || observation === undefined
        ? { verdict: 'blocked', why: blocked ?? 'the caller could not be made' }
        : judgeOne({ kernel, caller: facts }, { caller, call }, observation, environment, options),
    );
  }
  return judgements;
}

/** Judges one observation with the facts of the batch that it comes from. */
export function judgeOne(
  facts: Facts,
  { call }: Case,
  observation: Parameters<typeof judge>[1],
  environment: Environment,
  { order, level, specification = SPECIFICATION }: JudgeOptions,
): Judgement {
  const forbidden = environment.forbids(call);
  if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
  return judge(predict(facts, call, { order, specification }), observation, specification.errors.otherwise.id, level);
}

/**
 * The known finding says all that this difference says: the target answers the same, and the call holds all that the minimal
 * one holds. What is wrong with the smaller call is wrong with the larger one too, whichever of its rules is named first.
 */
function explains(finding: Finding, { case: other, judgement }: Difference): boolean {
  const { minimal } = finding;
  const sameClause = finding.clause === judgement.clause;
  const flags = flagWord(minimal.call);
  if (sameClause && isAccepted(finding) && isAccepted(judgement)) return true;
  if (finding.observed !== judgement.observed || (!sameClause && flags === 0n)) return false;
  return (
    (flags & ~flagWord(other.call)) === 0n &&
    minimal.caller.attributes.every((attribute) => other.caller.attributes.includes(attribute))
  );
}

/** Both say that a rule is not there: whether the next rule or nothing stands behind it is the case's doing. */
function isAccepted({ kind }: { readonly kind: Deviation }): boolean {
  return kind === 'missing' || kind === 'accepted';
}

function flagWord(call: Case['call']): bigint {
  return call.call === 'clone' ? call.flags & ~0xffn : call.call === 'clone3' ? call.args.flags : 0n;
}

function sizeOf(subject: Case): number {
  return subject.caller.attributes.length * 40 + formatCall(subject.call).length;
}

/** `root: clone(CLONE_NEWNS|CLONE_FS)`. */
export function textOf({ caller, call }: Case): string {
  return `${caller.name}: ${formatCall(call)}`;
}
