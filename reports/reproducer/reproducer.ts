import {
  formatResult,
  nominalFacts,
  type CallerFacts,
  type Facts,
  type KernelFacts,
  type Outcome,
  type Scenario,
  SPECIFICATION,
  predict,
} from '../../spec/index.js';
import { UNEXPLAINED, type Case, type Finding, type ScenarioFinding } from '../../harness/index.js';
import { deviation } from '../sentences.js';
import { callProgram } from './call-program.js';
import { scenarioProgram } from './scenario-program.js';

/** What a reproducer is held to. */
export interface ReproducerOptions {
  readonly kernel: KernelFacts;
  /** What the caller is on the target; without them what it is where nothing stands in its way. */
  readonly caller?: CallerFacts;
}

/** A C program, or why there is none. */
export type ReproducerText = string | { readonly unavailable: string };

/**
 * One stand-alone C file that shows a finding: it exits 0 where a kernel conforms, 1 where it differs, 77 where it cannot judge. It
 * is made of the fragments that the probe runs.
 */
export function reproducerOf(finding: Finding | ScenarioFinding, options: ReproducerOptions): ReproducerText {
  if ('scenario' in finding) {
    const { clause, scenario, mismatch, reproducible, needed } = finding;
    return scenarioProgram(
      {
        scenario,
        clause,
        title: `${clause}: ${times(reproducible)}`,
        observed: { step: mismatch.step, result: formatResult(mismatch.observed) },
        needed,
      },
      factsFor(scenario, options),
    );
  }
  const { clause, kind, expected, observed, minimal, reproducible, needed } = finding;
  return callProgram(
    {
      case: minimal,
      title: `${clause}: ${deviation(kind, expected, observed)}`,
      clause,
      expected,
      observed: `${observed}; ${times(reproducible)}`,
      needed,
    },
    options,
  );
}

/** The program of a call of which nothing is known yet: it tests. */
export function testProgramOfCall(subject: Case, options: ReproducerOptions): ReproducerText {
  const facts = factsFor(subject, options);
  const { allowed, refusals, judges } = predict(facts, subject.call, { order: 'strict', specification: SPECIFICATION });
  const clause = judges ?? refusals[0]?.id ?? SPECIFICATION.errors.otherwise.id;
  const expected: readonly Outcome[] = allowed;
  return callProgram({ case: subject, title: `${clause}: ${expected.join(' or ')}`, clause, expected }, options);
}

/** The program of a scenario of which nothing is known yet. */
export function testProgramOfScenario(
  scenario: Scenario,
  { title, ...options }: ReproducerOptions & { readonly title: string },
): ReproducerText {
  return scenarioProgram({ scenario, title, clause: UNEXPLAINED }, factsFor(scenario, options));
}

function factsFor({ caller }: Pick<Scenario, 'caller'>, { kernel, caller: facts }: ReproducerOptions): Facts {
  return { kernel, caller: facts ?? nominalFacts(caller, kernel) };
}

function times({ k, n }: { readonly k: number; readonly n: number }): string {
  return `${k} of ${n} runs`;
}
