import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ARCHITECTURES,
  ERROR_CLAUSES,
  absence,
  callerNamed,
  nominalFacts,
  nominalKernel,
  predict,
  type Call,
  type Clause,
  type KernelFacts,
  type KernelVersion,
} from '../spec/index.js';
import { calls } from './calls.js';

const VERSIONS: readonly KernelVersion[] = [
  [7, 3, 0],
  [6, 12, 0],
  [6, 1, 0],
  [5, 10, 0],
  [5, 2, 0],
  [4, 4, 0],
];

/** The newest kernel that is held to a clause, built and of the architecture as the clause needs it. */
function kernelFor(clause: Clause): KernelFacts | undefined {
  const config = Object.fromEntries(
    clause.requires.filter(({ kind }) => kind === 'config').map(({ name, present }) => [name, present] as const),
  );
  return VERSIONS.flatMap((version) => ARCHITECTURES.map((arch) => ({ ...nominalKernel(version), arch })))
    .map((kernel): KernelFacts => ({ ...kernel, config: { ...kernel.config, ...config } }))
    .find((kernel) => absence(clause, kernel) === undefined);
}

/** The rarest clause is met about once in a thousand calls. */
const CALLS = 8000;
const generated = new Map<string, readonly Call[]>();
function callsOf(caller: string): readonly Call[] {
  const made = generated.get(caller) ?? fc.sample(calls({ caller }), { seed: 42, numRuns: CALLS });
  generated.set(caller, made);
  return made;
}

const judged = ERROR_CLAUSES.clauses.flatMap((clause) =>
  clause.example === undefined || clause.unjudged !== undefined
    ? []
    : [{ id: clause.id, clause, caller: clause.example.caller }],
);

describe(`among ${String(CALLS)} calls made for the caller of its example`, () => {
  test.each(judged)('$id is judged by one at least', ({ id, clause, caller }) => {
    const kernel = kernelFor(clause);
    expect(kernel).toBeDefined();
    if (kernel === undefined) return;
    const facts = { kernel, caller: nominalFacts(callerNamed(caller), kernel) };
    expect(callsOf(caller).some((call) => predict(facts, call).judges === id)).toBe(true);
  });

  test('every caller makes a child, too', () => {
    const callers = new Set(judged.map(({ caller }) => caller));
    const never = ['container', 'nproc', 'deadline', 'dead-pidns', 'pids-max'];
    const kernel = nominalKernel([7, 3, 0]);
    const barren = [...callers].filter((caller) => {
      const facts = { kernel, caller: nominalFacts(callerNamed(caller), kernel) };
      return !callsOf(caller).some((call) => predict(facts, call).judges === ERROR_CLAUSES.otherwise.id);
    });
    expect(barren.sort()).toEqual(never.filter((caller) => caller !== 'container').sort());
  });
});
