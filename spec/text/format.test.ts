import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IDIOMS, calls, examples } from '../../generators/index.js';
import { clone, clone3, type Call } from '../model/call.js';
import { RW, STACK, STACK_SIZE, TIDS } from '../model/memory.js';
import { formatCall, formatFlags } from './format.js';
import { parseCall } from './parse.js';

/** What of a call reaches the kernel: behind the address of something else than a structure nothing of the structure does. */
function essence(call: Call): Call {
  return call.call === 'clone3' && call.uargs !== undefined ? clone3({}, { uargs: call.uargs, size: call.size }) : call;
}

describe('what is written is read back', () => {
  test('for every call that is generated', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        expect(parseCall(formatCall(call))).toEqual({ call: essence(call) });
      }),
      { numRuns: 3000 },
    );
  });

  test('for any arguments at all', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const tid = fc.oneof(fc.integer(), fc.constantFrom('self' as const, 'free' as const));
    const anyClone = fc
      .tuple(word, fc.record({ stack: word, parent_tid: word, child_tid: word, tls: word }))
      .map(([flags, rest]) => clone(flags, rest));
    const anyClone3 = fc
      .record({
        args: fc.record({
          flags: word,
          pidfd: word,
          exit_signal: word,
          stack_size: word,
          set_tid_size: word,
          cgroup: word,
        }),
        set_tid: fc.oneof(word, fc.constant(TIDS)),
        size: word,
        tids: fc.array(tid, { maxLength: 3 }),
        tail: fc.record({ offset: fc.nat(), byte: fc.nat(255) }),
        readable: fc.nat(),
      })
      .map(({ args, set_tid, ...rest }) => clone3({ ...args, set_tid }, rest));
    fc.assert(
      fc.property(fc.oneof(anyClone, anyClone3), (call) => {
        expect(parseCall(formatCall(call))).toEqual({ call });
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ...IDIOMS.map(({ name, call }) => [name, call] as const),
    ...examples.map((e) => [e.clause, e.call] as const),
  ])('for %s', (_, call) => {
    expect(parseCall(formatCall(call))).toEqual({ call: essence(call) });
  });
});

describe('a call is one line that shows what it needs and nothing more', () => {
  test.each<[string, Call]>([
    ['fork()', { call: 'fork' }],
    ['vfork()', { call: 'vfork' }],
    ['clone(0)', clone(0n)],
    ['clone(SIGCHLD)', clone(0x11n)],
    ['clone(0x41)', clone(0x41n)],
    ['clone(0x80)', clone(0x80n)],
    ['clone(CLONE_NEWNS|CLONE_FS|SIGCHLD)', clone(0x20211n)],
    ['clone(CLONE_VM|0x8000000000000000)', clone(0x8000_0000_0000_0100n)],
    ['clone(CLONE_PIDFD|SIGCHLD, parent_tid=&a)', clone(0x1011n, { parent_tid: RW + 0x100n })],
    ['clone3({})', clone3({})],
    ['clone3({flags=CLONE_NEWTIME, exit_signal=SIGCHLD})', clone3({ flags: 0x80n, exit_signal: 17n })],
    ['clone3({flags=0x11, exit_signal=65})', clone3({ flags: 0x11n, exit_signal: 65n })],
    ['clone3({stack=&stack, stack_size=0x10000})', clone3({ stack: STACK, stack_size: STACK_SIZE })],
    ['clone3({set_tid=[1, free]})', clone3({ set_tid: TIDS, set_tid_size: 2n }, { tids: [1, 'free'] })],
    ['clone3({set_tid=0x8, set_tid_size=1})', clone3({ set_tid: 8n, set_tid_size: 1n })],
    ['clone3({tail=[88]=1, readable=90}, 96)', clone3({}, { size: 96n, tail: { offset: 88, byte: 1 }, readable: 90 })],
    ['clone3(NULL, 64)', clone3({}, { uargs: 0n, size: 64n })],
  ])('%s', (text, call) => {
    expect(formatCall(call)).toBe(text);
  });

  test('which never breaks', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        expect(formatCall(call)).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });
});

test('only clone has a signal in its flags', () => {
  expect(formatFlags(0x111n, true)).toBe('CLONE_VM|SIGCHLD');
  expect(formatFlags(0x111n, false)).toBe('CLONE_VM|0x11');
});
