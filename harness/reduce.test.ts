import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calls } from '../generators/index.js';
import {
  CLONE_ARGS_FIELDS,
  FLAGS,
  TIDS,
  callerNamed,
  clone,
  clone3,
  flagValue,
  formatCall,
  parseCall,
  type Call,
  type Caller,
} from '../spec/index.js';
import type { Case } from './case.js';
import type { Budget, Shown } from './minimise.js';
import { reduce, simpler } from './reduce.js';
import { callLine } from './wire.js';

const ROOT: Caller = { name: 'root', attributes: [] };
const simplerCases = (subject: Case): readonly Case[] => simpler(subject).map((each) => each.subject);
const keyOf = ({ caller, call }: Case): string => `${caller.attributes.join(' ')}: ${callLine('', call)}`;

/** A budget of so many runs. */
const within = (runs: number): { budget: Budget } => ({ budget: { runs, seconds: 60 } });

/** An oracle that answers at once, and notes what it was asked. */
function oracle(says: (candidate: Case) => boolean): {
  readonly asked: string[];
  readonly shows: (candidates: readonly Case[]) => Promise<readonly Shown<undefined>[]>;
} {
  const asked: string[] = [];
  return {
    asked,
    shows: (candidates) => {
      asked.push(...candidates.map(keyOf));
      return Promise.resolve(
        candidates.map((candidate) =>
          says(candidate) ? { kind: 'same', seen: undefined } : { kind: 'no', why: 'no' },
        ),
      );
    },
  };
}

const caller = fc
  .subarray(['chroot', 'cgroups', 'user', 'no-new-privs', 'userns', 'nofile'])
  .map((attributes): Caller => (attributes.length === 0 ? ROOT : { name: attributes.join('+'), attributes }));
const anyCase: fc.Arbitrary<Case> = fc.record({ caller, call: calls() });

/** Says yes and no as it likes, but always the same of the same case. */
const whimsical = (salt: number): ((candidate: Case) => boolean) => {
  return (candidate) =>
    createHash('md5')
      .update(`${String(salt)} ${keyOf(candidate)}`)
      .digest()
      .readUInt8(0) < 60;
};

describe('a reduced case', () => {
  test('shows the finding, and no case that is one step simpler does', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.nat(), async (original, salt) => {
        const says = whimsical(salt);
        const { minimal, complete } = await reduce(original, oracle(says).shows, within(100_000));
        expect(complete).toBe(true);
        if (keyOf(minimal) !== keyOf(original)) expect(says(minimal)).toBe(true);
        expect(simplerCases(minimal).filter(says).map(keyOf)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('is the original where nothing simpler shows it', async () => {
    const original = { caller: callerNamed('nproc-chroot'), call: parseCall('clone(CLONE_VM|CLONE_FS|SIGCHLD)').call };
    const { minimal } = await reduce(original, oracle(() => false).shows);
    expect(minimal).toEqual(original);
  });
});

/** A case as a set of parts that can each be there or not. */
interface Parts {
  readonly attributes: readonly string[];
  readonly flags: bigint;
  readonly fields: Readonly<Record<string, bigint>>;
}

const partsOf = ({ caller: { attributes }, call }: Case): Parts => {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return { attributes, flags: 0n, fields: {} };
    case 'clone': {
      const { flags, stack, parent_tid, child_tid, tls } = call;
      return {
        attributes,
        flags: flags & ~0xffn,
        fields: { signal: flags & 0xffn, stack, parent_tid, child_tid, tls },
      };
    }
    case 'clone3': {
      const { flags, ...fields } = call.args;
      const odd = { size: call.size - 88n, tail: call.tail ? 1n : 0n, readable: call.readable === undefined ? 0n : 1n };
      return { attributes, flags, fields: { ...fields, ...odd } };
    }
  }
};

/** Everything of `needed` is in `candidate` too. */
const holds = (candidate: Parts, needed: Parts): boolean =>
  needed.attributes.every((attribute) => candidate.attributes.includes(attribute)) &&
  (candidate.flags & needed.flags) === needed.flags &&
  Object.entries(needed.fields).every(([name, value]) => value === 0n || candidate.fields[name] === value);

const word = fc.bigInt({ min: 1n, max: (1n << 64n) - 1n });
const flagWord = (bits: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }).map((flags) => flags & ~0xffn);
const wholeClone: fc.Arbitrary<Call> = fc
  .tuple(flagWord(32), fc.integer({ min: 1, max: 255 }), word, word, word, word)
  .map(([flags, signal, stack, parent_tid, child_tid, tls]) =>
    clone(flags | BigInt(signal), { stack, parent_tid, child_tid, tls }),
  );
const wholeClone3: fc.Arbitrary<Call> = fc
  .tuple(flagWord(64), fc.array(word, { minLength: 10, maxLength: 10 }), fc.integer({ min: 89, max: 200 }))
  .map(([flags, values, size]) => {
    const fields = CLONE_ARGS_FIELDS.filter((field) => field !== 'flags' && !field.startsWith('set_tid'));
    const args = Object.fromEntries(fields.map((field, index) => [field, values[index] ?? 1n]));
    return clone3({ ...args, flags }, { size: BigInt(size), tail: { offset: 88, byte: 1 }, readable: 90 });
  });

/** A case, and a part of it that must stay. */
const withNeeded = fc.record({ caller, call: fc.oneof(wholeClone, wholeClone3) }).chain((original) => {
  const whole = partsOf(original);
  const names = Object.keys(whole.fields).filter((name) => whole.fields[name] !== 0n);
  return fc.record({
    original: fc.constant(original),
    needed: fc.record({
      attributes: fc.subarray([...whole.attributes]),
      flags: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((mask) => mask & whole.flags),
      fields: fc
        .subarray(names)
        .map((kept) => Object.fromEntries(kept.map((name) => [name, whole.fields[name] ?? 0n]))),
    }),
  });
});

describe('where some flags, arguments and attributes are what matters', () => {
  test('exactly these are left', async () => {
    await fc.assert(
      fc.asyncProperty(withNeeded, async ({ original, needed }) => {
        const { shows } = oracle((candidate) => holds(partsOf(candidate), needed));
        const { minimal, complete } = await reduce(original, shows, within(10_000));
        const left = partsOf(minimal);
        expect(complete).toBe(true);
        expect(left.attributes).toEqual(needed.attributes);
        expect(left.flags).toBe(needed.flags);
        expect(Object.fromEntries(Object.entries(left.fields).filter(([, value]) => value !== 0n))).toEqual(
          needed.fields,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('every flag goes away alone', () => {
    const all = FLAGS.reduce((mask, { value }) => mask | value, 0n);
    const left = simplerCases({ caller: ROOT, call: clone3({ flags: all }) }).map(({ call }) =>
      partsOf({ caller: ROOT, call }),
    );
    for (const { value } of FLAGS) expect(left.map(({ flags }) => flags)).toContain(all & ~value);
  });

  const TIDS_CASES: readonly (readonly [string, number, string])[] = [
    ['clone3({set_tid=[free, 0, self], set_tid_size=3})', 0, 'clone3({set_tid=[0]})'],
    ['clone3({flags=CLONE_VM, set_tid=[1, 7]})', 7, 'clone3({set_tid=[7]})'],
  ];
  test.each(TIDS_CASES)('of the requested TIDs in %s only %d', async (text, tid, expected) => {
    const { shows } = oracle(
      ({ call }) =>
        call.call === 'clone3' &&
        call.args.set_tid === TIDS &&
        call.tids.slice(0, Number(call.args.set_tid_size)).includes(tid),
    );
    const { minimal } = await reduce({ caller: ROOT, call: parseCall(text).call }, shows);
    expect(formatCall(minimal.call)).toBe(formatCall(parseCall(expected).call));
  });

  test('numbers that no argument points at go away', async () => {
    const call = clone3({ set_tid: 8n, set_tid_size: 2n }, { tids: [1, 'free'] });
    const { shows } = oracle((candidate) => partsOf(candidate).fields['set_tid'] === 8n);
    const { minimal } = await reduce({ caller: ROOT, call }, shows);
    expect(formatCall(minimal.call)).toBe('clone3({set_tid=0x8})');
  });

  test('a caller that is left has a name that makes it again', async () => {
    await fc.assert(
      fc.asyncProperty(withNeeded, async ({ original, needed }) => {
        const { shows } = oracle((candidate) => holds(partsOf(candidate), needed));
        const { minimal } = await reduce(original, shows, within(10_000));
        expect(callerNamed(minimal.caller.name).attributes).toEqual(minimal.caller.attributes);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the work of reducing', () => {
  test('asks of no case twice', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.nat(), async (original, salt) => {
        const { asked, shows } = oracle(whimsical(salt));
        const { runs } = await reduce(original, shows, within(100_000));
        expect(new Set(asked).size).toBe(asked.length);
        expect(runs).toBe(asked.length);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps to the budget, and says when it was too small', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.nat(), fc.nat(30), async (original, salt, budget) => {
        const says = whimsical(salt);
        const unlimited = await reduce(original, oracle(says).shows, within(100_000));
        const { asked, shows } = oracle(says);
        const { minimal, complete } = await reduce(original, shows, within(budget));
        expect(asked.length).toBeLessThanOrEqual(budget);
        if (unlimited.runs <= budget) expect(minimal).toEqual(unlimited.minimal);
        if (complete) expect(simplerCases(minimal).filter(says).map(keyOf)).toEqual([]);
        else expect(asked).toHaveLength(budget);
      }),
      { numRuns: 200 },
    );
  });

  test('with a small budget what was found so far is kept', async () => {
    const flags = ['CLONE_VM', 'CLONE_FS', 'CLONE_FILES', 'CLONE_SYSVSEM', 'CLONE_IO'];
    const call = clone(flags.reduce((mask, name) => mask | flagValue(name), 17n));
    const { minimal, complete } = await reduce({ caller: ROOT, call }, oracle(() => true).shows, within(8));
    expect(complete).toBe(false);
    expect(formatCall(minimal.call).length).toBeLessThan(formatCall(call).length);
  });
});
