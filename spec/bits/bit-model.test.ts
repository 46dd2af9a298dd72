import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callers, flagSets } from '../../generators/index.js';
import { CALLERS, nominalFacts } from '../callers.js';
import { parseExpression } from '../expression/parse.js';
import { clone, type CloneCall } from '../model/call.js';
import type { CallerFacts, Facts } from '../model/facts.js';
import { nominalKernel } from '../model/nominal.js';
import { predict, type Order } from '../model/predict.js';
import { SPECIFICATION } from '../model/specification.js';
import { RW } from '../model/memory.js';
import type { KernelVersion } from '../rules/version.js';
import { formatCall } from '../text/format.js';
import { parseCall } from '../text/parse.js';
import { BitModel, NOTHING, OPEN } from './bit-model.js';

const VERSIONS: readonly KernelVersion[] = [
  [4, 4, 0],
  [4, 8, 0],
  [5, 3, 0],
  [5, 10, 0],
  [5, 15, 24],
  [6, 8, 0],
  [6, 18, 0],
  [7, 1, 0],
  [7, 3, 0],
];
const DEBIAN = { ...nominalKernel([5, 10, 0]), unprivileged_userns_clone: 0 };
const BARE = {
  ...nominalKernel([6, 18, 0]),
  config: {
    ...nominalKernel([6, 18, 0]).config,
    user_ns: false,
    uts_ns: false,
    ipc_ns: false,
    pid_ns: false,
    net_ns: false,
  },
};
const ARM = { ...nominalKernel([4, 4, 0]), arch: 'aarch64' as const };
const I386 = { ...nominalKernel([6, 18, 0]), arch: 'i386' as const };

const kernels = fc.constantFrom(...VERSIONS.map(nominalKernel), DEBIAN, BARE, ARM, I386);
const forgotten: fc.Arbitrary<Partial<CallerFacts>> = fc
  .subarray(['chrooted', 'user_ns_level', 'pid_ns_level', 'kuid'] as const)
  .map((names) => Object.fromEntries(names.map((name) => [name, null])));
const facts: fc.Arbitrary<Facts> = fc
  .tuple(kernels, callers(), fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: forgotten }))
  .map(([kernel, caller, unknown]) => ({ kernel, caller: { ...nominalFacts(caller, kernel), ...unknown } }));

const BITS = 0xffff_ff00n;
const flagWords = fc.oneof(
  fc.nat({ max: 0xff_ffff }).map((upper) => BigInt(upper) << 8n),
  flagSets('clone').map((flags) => flags & BITS),
);
const signals = fc.constantFrom(0n, 17n, 64n, 65n, 255n);
const pointers = fc.constantFrom(0n, 8n, RW + 0x100n, 0xffff_8000_0000_0000n);
const orders = fc.constantFrom<Order>('strict', 'any');

/** What both models say of a word; undefined where they agree. */
function difference(all: Facts, model: BitModel, call: CloneCall, order: Order): object | undefined {
  const word = Number(call.flags);
  const { allowed, refusals, undecided } = predict(all, call, { order });
  const mine = model.allowed(word);
  const index = model.decide(word);
  const winner = index < 0 ? undefined : model.clauses[index]?.id;
  const same =
    new Set([...mine, ...allowed]).size === allowed.length &&
    (index === OPEN ? undecided.length > 0 : winner === refusals[0]?.id) &&
    (index !== NOTHING || allowed.join() === 'success');
  return same ? undefined : { order, call: formatCall(call), allowed, mine, index, winner, wins: refusals[0]?.id };
}

describe('the model compiled to bits', () => {
  const decided = new Set<string>();

  test('allows what the plain model allows, and names the clause that wins', () => {
    fc.assert(
      fc.property(
        facts,
        signals,
        fc.array(flagWords, { minLength: 6, maxLength: 6 }),
        fc.record({ stack: pointers, parent_tid: pointers, tls: pointers }),
        orders,
        (all, signal, words, rest, order) => {
          const model = new BitModel(all, clone(signal, rest), order);
          for (const flags of words) {
            const call = clone(flags | signal, rest);
            expect(difference(all, model, call, order)).toBeUndefined();
            const winner = model.clauses[model.decide(Number(call.flags))];
            if (winner !== undefined) decided.add(winner.id);
          }
        },
      ),
      { numRuns: 800 },
    );
  });

  test('every clause of clone() that a caller can meet decided somewhere', () => {
    for (const { clause, all, call } of examples()) {
      const model = new BitModel(all, call);
      const index = model.decide(Number(call.flags));
      expect(`${clause} ${model.clauses[index]?.id ?? 'none'}`).toBe(`${clause} ${clause}`);
      decided.add(clause);
    }
    const missing = SPECIFICATION.errors.clauses.filter(
      ({ id, calls, unjudged }) => calls.includes('clone') && unjudged === undefined && !decided.has(id),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  test('judges other specifications too', () => {
    const kernel = nominalKernel([6, 18, 0]);
    const all = { kernel, caller: nominalFacts({ name: 'user', attributes: ['user'] }, kernel) };
    const specification = SPECIFICATION.with((clause) =>
      clause.id === 'errors/fs-with-newns'
        ? { ...clause, condition: parseExpression('CLONE_NEWNS && !CLONE_FS') }
        : clause,
    );
    const model = new BitModel(all, clone(17n), 'strict', specification);
    expect(model.allowed(0x20200)).toEqual(['EPERM']);
    expect(model.allowed(0x20000)).toEqual(['EINVAL']);
  });

  test('refuses a condition that single bits cannot tell', () => {
    const kernel = nominalKernel([6, 18, 0]);
    const all = { kernel, caller: nominalFacts({ name: 'root', attributes: [] }, kernel) };
    const specification = SPECIFICATION.with((clause) =>
      clause.id === 'errors/fs-with-newns' ? { ...clause, condition: parseExpression('csignal != 0') } : clause,
    );
    expect(() => new BitModel(all, clone(17n), 'strict', specification)).toThrow('csignal');
  });
});

/** The examples of the clauses of clone(), each on a kernel that has the clause. */
function* examples(): Generator<{ clause: string; all: Facts; call: ReturnType<typeof clone> }> {
  for (const clause of SPECIFICATION.errors.clauses) {
    if (!clause.calls.includes('clone') || clause.example === undefined || clause.unjudged !== undefined) continue;
    const caller = CALLERS.find(({ name }) => name === clause.example?.caller);
    if (caller === undefined) continue;
    for (const kernel of [...VERSIONS.map(nominalKernel), DEBIAN, BARE, ARM, I386]) {
      const all = { kernel, caller: nominalFacts(caller, kernel) };
      const { call } = parseCall(clause.example.call);
      if (call.call === 'clone' && predict(all, call).refusals[0]?.id === clause.id) {
        yield { clause: clause.id, all, call };
        break;
      }
    }
  }
}
