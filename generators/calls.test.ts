import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALLERS, TIDS, formatCall, parseCall, type Call } from '../spec/index.js';
import { calls } from './calls.js';

const sample = (seed: number, numRuns: number): readonly Call[] => fc.sample(calls(), { seed, numRuns });

describe('the same seed gives the same calls', () => {
  test('each time', () => {
    expect(sample(42, 500)).toEqual(sample(42, 500));
  });

  test('and another seed others', () => {
    expect(sample(42, 50)).not.toEqual(sample(43, 50));
  });

  // Changes with the generators and with the examples in errors.yaml: `npx jest generators -u` after a look at what changed.
  test('as they were when this was written', () => {
    expect(sample(42, 20).map(formatCall)).toMatchInlineSnapshot(`
      [
        "clone3({exit_signal=SIGCHLD})",
        "clone3({flags=CLONE_AUTOREAP, exit_signal=SIGCHLD})",
        "clone3({flags=CLONE_DETACHED|CLONE_AUTOREAP, exit_signal=SIGCHLD})",
        "vfork()",
        "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_INTO_CGROUP, cgroup=10})",
        "clone3({flags=CLONE_NEWIPC|CLONE_NEWPID|CLONE_VM|CLONE_SIGHAND|CLONE_THREAD|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=16})",
        "clone(CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_CHILD_CLEARTID, stack=0x20050000, parent_tid=&a, child_tid=&b, tls=0x20000200)",
        "clone3({flags=CLONE_NEWTIME|CLONE_NEWNS|CLONE_CHILD_CLEARTID, child_tid=&a, set_tid=[free, free], readable=114})",
        "clone3(NULL, 64)",
        "clone3({flags=CLONE_SETTLS|CLONE_PIDFD_AUTOKILL, exit_signal=SIGCHLD, stack=0xfffffffffffff000, stack_size=0x1000, tls=0x7fffffffefff, set_tid=[free]})",
        "clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|CLONE_EMPTY_MNTNS, pidfd=&a, child_tid=0x20020000, stack=&stack, stack_size=0x1, set_tid=[free], readable=3}, 128)",
        "clone3({flags=CLONE_UNTRACED, exit_signal=127, set_tid=[self, self]})",
        "clone3({flags=CLONE_VM|CLONE_PIDFD|CLONE_SETTLS|CLONE_IO, exit_signal=18446744073709551615, tls=0xffff800000000000, set_tid=0x8, set_tid_size=3}, 4097)",
        "clone(CLONE_NEWPID|CLONE_PARENT|CLONE_UNTRACED|0x80)",
        "clone3({exit_signal=SIGCHLD, set_tid=[free]})",
        "clone3({flags=CLONE_NEWUSER|0x100000000000, exit_signal=SIGCHLD})",
        "fork()",
        "clone(SIGCHLD)",
        "clone3({flags=0x40000000000, exit_signal=SIGCHLD, stack_size=0x1000})",
        "clone3({exit_signal=9223372036854775808, stack=0xffff800000000000, stack_size=0x10, set_tid=[free, -1]}, 64)",
      ]
    `);
  });
});

describe('a generated call is one that can be made', () => {
  const options = { numRuns: 5000 };

  test('with arguments that fit into 64 bits', () => {
    const fits = (value: bigint): boolean => value >= 0n && value < 1n << 64n;
    fc.assert(
      fc.property(calls(), (call) => {
        const { call: _, ...values } = call.call === 'clone3' ? { call, ...call.args, size: call.size } : call;
        expect(Object.values(values).every((value) => typeof value === 'bigint' && fits(value))).toBe(true);
        if (call.call === 'clone3') expect(fits(call.uargs ?? 0n)).toBe(true);
      }),
      options,
    );
  });

  test('with TIDs where the kernel is pointed at them, each a pid_t', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        if (call.call !== 'clone3' || call.tids.length === 0) return;
        expect(call.args.set_tid).toBe(TIDS);
        expect(call.tids.every((tid) => typeof tid === 'string' || tid === (tid | 0))).toBe(true);
      }),
      options,
    );
  });

  test('with something behind the structure only where the size reaches', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        if (call.call !== 'clone3' || call.tail === undefined) return;
        expect(call.tail.offset).toBeGreaterThanOrEqual(88);
        expect(BigInt(call.tail.offset)).toBeLessThan(call.size);
        expect(call.tail.byte).toBeGreaterThan(0);
        expect(call.tail.byte).toBeLessThan(256);
      }),
      options,
    );
  });

  test('with nothing in a structure that is not passed', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        if (call.call !== 'clone3' || call.uargs === undefined) return;
        expect(Object.values(call.args).every((value) => value === 0n)).toBe(true);
        expect(call.tids).toEqual([]);
        expect(call).not.toHaveProperty('tail');
        expect(call).not.toHaveProperty('readable');
      }),
      options,
    );
  });

  test('in a line that the probe takes and a person can read', () => {
    fc.assert(
      fc.property(calls(), (call) => {
        expect(formatCall(call).length).toBeLessThan(1000);
        expect(parseCall(formatCall(call)).call.call).toBe(call.call);
      }),
      options,
    );
  });

  test('for every caller', () => {
    for (const { name } of CALLERS)
      expect(fc.sample(calls({ caller: name }), { seed: 1, numRuns: 50 })).toHaveLength(50);
  });
});

test('every way to make a call is taken', () => {
  const names = sample(42, 2000).map(({ call }) => call);
  for (const name of ['clone', 'clone3', 'fork', 'vfork']) expect(names).toContain(name);
});
