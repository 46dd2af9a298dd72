import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callers, calls } from '../generators/index.js';
import { CALLERS, CLONE_ARGS_FIELDS, clone, clone3, parseCall, type Call, type CloneArgs } from '../spec/index.js';
import { callLine, callerLine } from './wire.js';

const NUMBER = '(?:0x[0-9a-f]{1,16}|[0-9]{1,20})';
const TID = '(?:-?[0-9]{1,10}|self|free)';
const ID = '[A-Za-z0-9._-]{1,32}';
const CLONE_FIELDS = ['flags', 'stack', 'parent_tid', 'child_tid', 'tls'];
/** The grammar of `harness/probe/README.md`. */
const GRAMMAR = new RegExp(
  `^${ID} (?:v?fork|clone(?: (?:${CLONE_FIELDS.join('|')})=${NUMBER})*|clone3(?: (?:(?:size|uargs|${CLONE_ARGS_FIELDS.join('|')})=${NUMBER}` +
    `|tids=${TID}(?:,${TID})*|tail=[0-9]+:[0-9]{1,3}|readable=[0-9]+))*)$`,
);

const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const anyClone: fc.Arbitrary<Call> = fc
  .record({ flags: word, stack: word, parent_tid: word, child_tid: word, tls: word })
  .map(({ flags, ...rest }) => clone(flags, rest));
const anyClone3: fc.Arbitrary<Call> = fc
  .record(
    {
      args: fc.record(
        Object.fromEntries(CLONE_ARGS_FIELDS.map((field) => [field, word])) as Record<keyof CloneArgs, typeof word>,
      ),
      size: word,
      tids: fc.array(fc.oneof(fc.integer(), fc.constantFrom('self' as const, 'free' as const)), { maxLength: 32 }),
      tail: fc.record({ offset: fc.nat(5000), byte: fc.nat(255) }),
      readable: fc.nat(5000),
      uargs: word,
    },
    { requiredKeys: ['args', 'size', 'tids'] },
  )
  .map(({ args, ...rest }) => clone3(args, rest));
const anyCall = fc.oneof(calls(), anyClone, anyClone3);

describe('a line for the probe', () => {
  test('matches the grammar, in one line that it reads', () => {
    fc.assert(
      fc.property(anyCall, fc.stringMatching(new RegExp(`^${ID}$`)), (call, id) => {
        const line = callLine(id, call);
        expect(line).toMatch(GRAMMAR);
        expect(line.length).toBeLessThan(4096);
      }),
      { numRuns: 2_000 },
    );
  });

  test('names no field twice', () => {
    fc.assert(
      fc.property(anyCall, (call) => {
        const names = callLine('1', call)
          .split(' ')
          .slice(2)
          .map((field) => field.split('=')[0]);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  test('says every value: different calls have different lines', () => {
    fc.assert(
      fc.property(anyCall, anyCall, (one, another) => {
        fc.pre(JSON.stringify(one, asText) !== JSON.stringify(another, asText));
        expect(callLine('1', one)).not.toBe(callLine('1', another));
      }),
      { numRuns: 1_000 },
    );
  });

  const EXAMPLES: readonly (readonly [string, string])[] = [
    ['fork()', '7 fork'],
    ['vfork()', '7 vfork'],
    ['clone(CLONE_NEWNS|CLONE_FS)', '7 clone flags=0x20200'],
    [
      'clone(SIGCHLD, stack=&stack, parent_tid=&a, child_tid=readonly, tls=0x9)',
      '7 clone flags=0x11 stack=0x20040000 parent_tid=0x20000100 child_tid=0x20010000 tls=9',
    ],
    ['clone3({})', '7 clone3 size=88'],
    [
      'clone3({flags=CLONE_VM, exit_signal=SIGCHLD, set_tid=[self, -1, free]}, 96)',
      '7 clone3 size=96 flags=0x100 exit_signal=0x11 set_tid=0x20001000 set_tid_size=3 tids=self,-1,free',
    ],
    ['clone3({tail=[88]=1, readable=90}, 89)', '7 clone3 size=89 tail=88:1 readable=90'],
    ['clone3(NULL, 64)', '7 clone3 size=64 uargs=0'],
  ];
  test.each(EXAMPLES)('%s', (text, expected) => {
    expect(callLine('7', parseCall(text).call)).toBe(expected);
  });

  test('of a caller names it and its attributes', () => {
    expect(callerLine({ name: 'nproc', attributes: ['user', 'nproc=0'] })).toBe('caller nproc user nproc=0');
    for (const caller of CALLERS) expect(callerLine(caller)).toMatch(/^caller [a-z0-9-]+(?: [a-z0-9=-]+)*$/);
    fc.assert(
      fc.property(callers(), (caller) => {
        expect(callerLine(caller).split(' ')).toEqual(['caller', caller.name, ...caller.attributes]);
      }),
    );
  });
});

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value.toString()}n` : value;
}
