import type { Expectation } from '../expectations.js';
import { matchesTarget, type BrokenExpectation, type ExpectationReport } from '../expectations-hold.js';
import type { LibcFinding, LibcRun } from './run.js';

/** How a run on a libc compares with what was expected of it. */
export interface LibcExpectations extends Pick<ExpectationReport, 'broken' | 'unjudged'> {
  /** Findings that were expected, each with its entry. */
  readonly met: readonly { readonly expectation: Expectation; readonly finding: LibcFinding }[];
}

/**
 * Holds a run on a libc against what is expected of it, both ways, as a run on a kernel is.
 *
 * @param today - the day, `2026-11-23`
 */
export function holdLibcTo(run: LibcRun, expectations: readonly Expectation[], today: string): LibcExpectations {
  const here = expectations.filter(
    ({ clause, target }) => clause.startsWith('libc/') && matchesTarget(target, run.target),
  );
  const valid = here.filter(({ expires }) => expires === undefined || expires >= today);
  const met = run.findings.flatMap((finding) => {
    const expectation = valid.find((each) => matches(each, finding));
    return expectation === undefined ? [] : [{ expectation, finding }];
  });
  const broken: BrokenExpectation[] = [];
  const unjudged: { expectation: Expectation; why: string }[] = [];
  for (const expectation of here) {
    if (met.some((each) => each.expectation === expectation)) continue;
    const answer = valid.includes(expectation) ? absent(expectation, run) : expired(expectation);
    if ('why' in answer) unjudged.push({ expectation, why: answer.why });
    else broken.push(answer);
  }
  return { met, broken, unjudged };
}

function matches({ clause, kind, observed }: Expectation, finding: LibcFinding): boolean {
  return (
    clause === finding.clause.id && kind === finding.kind && (observed === undefined || observed === finding.observed)
  );
}

function absent(expectation: Expectation, run: LibcRun): BrokenExpectation | { readonly why: string } {
  const { clause, kind = '' } = expectation;
  const other = run.findings.find((finding) => finding.clause.id === clause);
  if (other !== undefined)
    return broken(
      expectation,
      'otherwise',
      `does, but otherwise: ${other.kind} instead of ${kind}`,
      'look at it again',
    );
  const wavers = run.unstable.find((finding) => finding.clause.id === clause)?.reproducible;
  if (wavers !== undefined) return { why: `it showed in ${String(wavers.k)} of ${String(wavers.n)} runs` };
  const judged = run.clauses.find(({ id }) => id === clause);
  if (judged === undefined) return { why: 'the clause was not asked for' };
  if (judged.verdict !== 'pass') return { why: judged.why ?? 'the clause was not judged' };
  return broken(expectation, 'gone', 'no longer does', 'good: remove the entry');
}

function expired(expectation: Expectation): BrokenExpectation {
  const hint = 'mend the libc, or look again and set a later day';
  return broken(expectation, 'expired', `expired on ${expectation.expires ?? ''}`, hint);
}

function broken(
  expectation: Expectation,
  state: BrokenExpectation['state'],
  how: string,
  hint: string,
): BrokenExpectation {
  const { clause, place } = expectation;
  return { expectation, state, what: `${clause} was expected to differ, and ${how}`, hint, place };
}
