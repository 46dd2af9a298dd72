import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ERROR_CLAUSES,
  FLAGS,
  ROOT,
  clone,
  clone3,
  flagNames,
  flagValue,
  nominalKernel,
  parseCall,
  predict,
  type Call,
} from '../spec/index.js';
import { calls } from './calls.js';
import { everyFlagSet } from './every-flag-set.js';
import { flagBits, flagSets } from './flags.js';
import { IDIOMS } from './idioms.js';
import { asClone3, examples, flagsOf, merge, withFlag, withoutFlag } from './rules.js';

const FACTS = { kernel: nominalKernel([6, 18, 0]), caller: ROOT };
const outcome = (call: Call): string => predict(FACTS, call).outcome;

describe('an example', () => {
  test('there is of each clause that has one, in the order of the clauses', () => {
    expect(examples.map(({ clause }) => clause)).toEqual(
      ERROR_CLAUSES.clauses.filter(({ example }) => example !== undefined).map(({ id }) => id),
    );
  });
});

describe('an idiom', () => {
  test.each(IDIOMS.map(({ name, call }) => [name, call] as const))('%s makes a child', (_, call) => {
    expect(outcome(call)).toBe('success');
  });

  test.each(IDIOMS.map(({ name, call }) => [name, call] as const))('%s does so as clone3, too', (_, call) => {
    const { args, ...rest } = asClone3(call);
    // clone() ignores the signal that a thread or a sibling is given, clone3 refuses it.
    const silent = (args.flags & (flagValue('CLONE_THREAD') | flagValue('CLONE_PARENT'))) !== 0n;
    expect(outcome({ args: silent ? { ...args, exit_signal: 0n } : args, ...rest })).toBe('success');
  });

  test('has a name of its own', () => {
    expect(new Set(IDIOMS.map(({ name }) => name)).size).toBe(IDIOMS.length);
  });
});

describe('two calls in one', () => {
  test('have the flags of both', () => {
    fc.assert(
      fc.property(calls(), calls(), (a, b) => {
        const both = merge(a, b);
        if (both.call === 'clone3' && both.uargs !== undefined) return;
        for (const part of [a, b]) {
          // The upper half means nothing to clone(), and something to clone3.
          const meant = both.call === part.call ? flagsOf(part) : flagsOf(asClone3(part));
          expect(flagsOf(both) & meant).toBe(meant);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['clone(CLONE_VM|SIGUSR1, tls=1)', 'clone(CLONE_FS|SIGCHLD, tls=2)', 'clone(CLONE_VM|CLONE_FS|SIGCHLD, tls=2)'],
    ['clone(CLONE_VM|SIGUSR1, tls=1)', 'clone(CLONE_FS)', 'clone(CLONE_VM|CLONE_FS|SIGUSR1, tls=1)'],
    ['clone(SIGUSR1)', 'clone3({cgroup=3}, 80)', 'clone3({cgroup=3, exit_signal=SIGUSR1}, 80)'],
    ['fork()', 'clone(CLONE_VM)', 'clone3({flags=CLONE_VM, exit_signal=SIGCHLD})'],
    ['vfork()', 'clone3({})', 'clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD})'],
    ['clone3({set_tid=[1]})', 'clone3({tail=[90]=1}, 96)', 'clone3({set_tid=[1], tail=[90]=1}, 96)'],
    ['clone3({tail=[90]=1}, 96)', 'clone3({}, 80)', 'clone3({}, 80)'],
    ['clone3({set_tid=[1, 2]})', 'clone3({set_tid=[self]})', 'clone3({set_tid=[self]})'],
    ['clone3(NULL, 64)', 'clone3({flags=CLONE_VM, set_tid=[1]})', 'clone3(NULL, 64)'],
    ['clone3({readable=70})', 'clone3({flags=CLONE_VM})', 'clone3({flags=CLONE_VM, readable=70})'],
  ])('%s and %s are %s', (a, b, both) => {
    const call = (text: string): Call => parseCall(text).call;
    expect(merge(call(a), call(b))).toEqual(call(both));
  });
});

describe('flags', () => {
  const mask = flagSets('clone');

  test('put in are there, and taken out are not, and nothing else changes', () => {
    fc.assert(
      fc.property(calls(), mask, (call, flags) => {
        if (call.call === 'fork' || call.call === 'vfork' || (call.call === 'clone3' && call.uargs !== undefined))
          return;
        expect(flagsOf(withFlag(call, flags))).toBe(flagsOf(call) | flags);
        expect(flagsOf(withoutFlag(call, flags))).toBe(flagsOf(call) & ~flags);
        expect(withFlag(withoutFlag(call, flags), flags)).toEqual(withFlag(call, flags));
      }),
      { numRuns: 1000 },
    );
  });

  test('leave the exit signal of clone alone', () => {
    expect(flagsOf(clone(0x111n))).toBe(0x100n);
    expect(withoutFlag(clone(0x111n), 0x100n)).toEqual(clone(0x11n));
  });

  test.each(['clone', 'clone3'] as const)('of %s are each drawn, alone and in sets', (call) => {
    const passable = FLAGS.filter(({ calls: taken, refused }) => taken.includes(call) || refused.includes(call));
    const alone = fc.sample(flagBits(call), { seed: 42, numRuns: 2000 });
    expect(new Set(alone)).toEqual(new Set(passable.map(({ value }) => value)));
    const together = fc.sample(flagSets(call), { seed: 42, numRuns: 2000 }).reduce((sum, set) => sum | set, 0n);
    expect(passable.filter(({ value }) => (together & value) === 0n).map(({ name }) => name)).toEqual([]);
  });

  test('are such as there are', () => {
    fc.assert(fc.property(fc.oneof(flagSets('clone'), flagSets('clone3')), (set) => flagNames(set).rest === 0n));
  });

  test('of a structure that is not passed stay out of it', () => {
    const call = clone3({}, { uargs: 0n });
    expect(withFlag(call, 0x100n)).toBe(call);
  });
});

describe('every set of flags', () => {
  const bits = FLAGS.map(({ value }) => value);
  const sizeOf = (mask: bigint): number => flagNames(mask).names.length;

  test('comes once, smaller ones first, up to the size asked for', () => {
    const sets = [...everyFlagSet(bits, 2)];
    const n = bits.length;
    expect(sets).toHaveLength(1 + n + (n * (n - 1)) / 2);
    expect(new Set(sets).size).toBe(sets.length);
    const sizes = sets.map(sizeOf);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(2);
  });

  test('is every one where the size is no bound', () => {
    expect([...everyFlagSet([1n, 2n, 4n], 9)].sort()).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n]);
    expect([...everyFlagSet([], 3)]).toEqual([0n]);
  });
});

test('a call as clone3 is itself where it is one', () => {
  const call = clone3({ flags: 0x100n }, { size: 64n });
  expect(asClone3(call)).toBe(call);
});
