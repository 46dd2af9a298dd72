import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CSIGNAL, FLAGS, HISTORICAL_FLAGS, flagNames, flagValue, parseFlags } from './flags.js';

/** include/uapi/linux/sched.h of Linux 7.3, copied by hand. */
const HEADER: Readonly<Record<string, bigint>> = {
  CLONE_NEWTIME: 0x0000_0080n,
  CLONE_VM: 0x0000_0100n,
  CLONE_FS: 0x0000_0200n,
  CLONE_FILES: 0x0000_0400n,
  CLONE_SIGHAND: 0x0000_0800n,
  CLONE_PIDFD: 0x0000_1000n,
  CLONE_PTRACE: 0x0000_2000n,
  CLONE_VFORK: 0x0000_4000n,
  CLONE_PARENT: 0x0000_8000n,
  CLONE_THREAD: 0x0001_0000n,
  CLONE_NEWNS: 0x0002_0000n,
  CLONE_SYSVSEM: 0x0004_0000n,
  CLONE_SETTLS: 0x0008_0000n,
  CLONE_PARENT_SETTID: 0x0010_0000n,
  CLONE_CHILD_CLEARTID: 0x0020_0000n,
  CLONE_DETACHED: 0x0040_0000n,
  CLONE_UNTRACED: 0x0080_0000n,
  CLONE_CHILD_SETTID: 0x0100_0000n,
  CLONE_NEWCGROUP: 0x0200_0000n,
  CLONE_NEWUTS: 0x0400_0000n,
  CLONE_NEWIPC: 0x0800_0000n,
  CLONE_NEWUSER: 0x1000_0000n,
  CLONE_NEWPID: 0x2000_0000n,
  CLONE_NEWNET: 0x4000_0000n,
  CLONE_IO: 0x8000_0000n,
  CLONE_CLEAR_SIGHAND: 0x1_0000_0000n,
  CLONE_INTO_CGROUP: 0x2_0000_0000n,
  CLONE_AUTOREAP: 0x4_0000_0000n,
  CLONE_NNP: 0x8_0000_0000n,
  CLONE_PIDFD_AUTOKILL: 0x10_0000_0000n,
  CLONE_EMPTY_MNTNS: 0x20_0000_0000n,
};

describe('flags are those of the UAPI header', () => {
  test('all of them, and no other', () => {
    expect(Object.fromEntries(FLAGS.map(({ name, value }) => [name, value]))).toEqual(HEADER);
  });

  test('each found by its name', () => {
    for (const [name, value] of Object.entries(HEADER)) expect(flagValue(name)).toBe(value);
  });

  test('and CSIGNAL is the low byte', () => {
    expect(CSIGNAL).toBe(0xffn);
  });
});

describe('a mask says which flags it holds', () => {
  test('no two flags share a bit, and each is one bit', () => {
    expect(new Set(FLAGS.map(({ bit }) => bit)).size).toBe(FLAGS.length);
    for (const { bit, value } of FLAGS) expect(value).toBe(2n ** BigInt(bit));
  });

  test('names and rest make up the mask again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (mask) => {
        const { names, rest } = flagNames(mask);
        expect(names.reduce((sum, name) => sum + flagValue(name), rest)).toBe(mask);
        expect(new Set(names).size).toBe(names.length);
        expect(FLAGS.filter(({ value }) => (rest & value) !== 0n)).toEqual([]);
      }),
    );
  });

  test('namespaces come first, then the others by bit', () => {
    expect(flagNames(0x2002_0311n)).toEqual({
      names: ['CLONE_NEWNS', 'CLONE_NEWPID', 'CLONE_VM', 'CLONE_FS'],
      rest: 0x11n,
    });
  });
});

describe('a call can pass a flag where its bit reaches the kernel', () => {
  test('clone: the low 32 bits less the signal byte', () => {
    const passable = FLAGS.filter(({ bit }) => bit >= 8 && bit < 32).map(({ name }) => name);
    expect(FLAGS.filter(({ calls }) => calls.includes('clone')).map(({ name }) => name)).toEqual(passable);
  });

  test('clone3: every bit, but it refuses CLONE_DETACHED', () => {
    const refused = FLAGS.filter(({ calls }) => !calls.includes('clone3'));
    expect(refused).toMatchObject([{ name: 'CLONE_DETACHED', refused: ['clone3'] }]);
  });
});

describe('bits that once had another name keep it', () => {
  test.each([
    ['CLONE_PID', 0x1000n, 'CLONE_PIDFD'],
    ['CLONE_STOPPED', 0x0200_0000n, 'CLONE_NEWCGROUP'],
    ['CLONE_DETACHED', 0x0040_0000n, 'CLONE_DETACHED'],
  ])('%s', (name, value, today) => {
    expect(HISTORICAL_FLAGS.find((flag) => flag.name === name)?.value).toBe(value);
    expect(flagValue(name)).toBe(value);
    expect(flagNames(value).names).toEqual([today]);
  });

  test('and there are no more of them', () => {
    expect(HISTORICAL_FLAGS).toHaveLength(3);
  });
});

test('a name that no flag has is answered with the nearest', () => {
  expect(() => flagValue('CLONE_NEWNSS')).toThrow(
    expect.objectContaining({ what: 'unknown flag CLONE_NEWNSS', hint: 'did you mean CLONE_NEWNS?' }),
  );
  expect(() => flagValue('O_CLOEXEC')).toThrow(
    expect.objectContaining({ hint: '`clonecheck spec --flags` lists the flags' }),
  );
});

describe('a mistake in the file is pointed at', () => {
  const file = (flag: string): string => `flags:\n  - {${flag}}\nhistorical: []\n`;
  test.each([
    ['name: CLONE_X, bit: 64, calls: [clone], does: x', 'f:2:26: bit: Invalid value: Expected <=63 but received 64'],
    ['name: NEWX, bit: 1, calls: [clone], does: x', 'f:2:12: name: '],
    ['name: CLONE_X, bit: 1, calls: [fork], does: x', 'f:2:37: 0 is "fork"'],
    ['name: CLONE_X, bit: 1, calls: [clone], since: now, does: x', 'f:2:52: now is no list of versions'],
    ['name: CLONE_X, bit: 1, calls: [clone], share: x, does: x', 'f:2:45: unknown field share'],
  ])('%s', (flag, message) => {
    expect(() => parseFlags(file(flag), 'f')).toThrow(message);
  });
});
