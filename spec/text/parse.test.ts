import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_ARGS, clone, clone3, type Call } from '../model/call.js';
import { EDGE, NONE, RO, RW, STACK, TIDS } from '../model/memory.js';
import { InputError } from '../rules/input-error.js';
import { parseCall } from './parse.js';

const A = RW + 0x100n;
const SIGCHLD = 0x11n;

describe('a call is read as the man page and people write it', () => {
  test.each<[text: string, call: Call]>([
    ['fork()', { call: 'fork' }],
    ['vfork()', { call: 'vfork' }],
    ['clone()', clone(0n)],
    ['clone(SIGCHLD)', clone(SIGCHLD)],
    ['clone(CLONE_VM|CLONE_VFORK|SIGCHLD)', clone(0x4100n | SIGCHLD)],
    ['  clone ( CLONE_VM | SIGCHLD )  ', clone(0x100n | SIGCHLD)],
    ['clone(SIGCHLD|0x20000|CLONE_FS)', clone(0x20200n | SIGCHLD)],
    ['clone(CLONE_VM or SIGCHLD)', clone(0x100n | SIGCHLD)],
    ['clone(1<<34)', clone(1n << 34n)],
    ['clone(1UL << 17)', clone(0x20000n)],
    ['clone(CLONE_STOPPED|CLONE_PID)', clone(0x200_1000n)],
    ['clone(SIGRTMIN)', clone(32n)],
    ['clone(SIGRT_2)', clone(34n)],
    [
      'clone(flags=CLONE_SETTLS, newsp=1, parent_tidptr=2, child_tidptr=3, tls=4)',
      clone(0x80000n, { stack: 1n, parent_tid: 2n, child_tid: 3n, tls: 4n }),
    ],
    ['clone(0, parent_tid=-1)', clone(0n, { parent_tid: 0xffff_ffff_ffff_ffffn })],
    ['clone3({})', clone3({})],
    ['clone3({flags=CLONE_VM,}, 64)', clone3({ flags: 0x100n }, { size: 64n })],
    [
      'clone3({flags=CLONE_NEWTIME|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=10})',
      clone3({ flags: 0x2_0000_0080n, exit_signal: SIGCHLD, cgroup: 10n }),
    ],
    ['clone3({set_tid=[self, free, -1]})', clone3({ set_tid: TIDS, set_tid_size: 3n }, { tids: ['self', 'free', -1] })],
    ['clone3({set_tid=[1, 2], set_tid_size=1})', clone3({ set_tid: TIDS, set_tid_size: 1n }, { tids: [1, 2] })],
    ['clone3({set_tid_size=1, set_tid=[1, 2]})', clone3({ set_tid: TIDS, set_tid_size: 1n }, { tids: [1, 2] })],
    ['clone3({set_tid=0x8, set_tid_size=2})', clone3({ set_tid: 8n, set_tid_size: 2n })],
    ['clone3({tail=[90]=7, readable=91}, 96)', clone3({}, { size: 96n, tail: { offset: 90, byte: 7 }, readable: 91 })],
    ['clone3(NULL, 64)', clone3({}, { uargs: 0n, size: 64n })],
    ['clone3(0xffff800000000000)', clone3({}, { uargs: 0xffff_8000_0000_0000n })],
  ])('%s', (text, call) => {
    expect(parseCall(text)).toEqual({ call });
  });

  test.each([
    ['&a', A],
    ['&d', RW + 0x118n],
    ['&stack', STACK],
    ['readonly', RO],
    ['unmapped', NONE],
    ['edge', NONE - 4n],
    [`0x${EDGE.toString(16)}`, EDGE],
    ['NULL', 0n],
  ])('the pointer %s', (text, address) => {
    expect(parseCall(`clone(0, child_tid=${text})`).call).toEqual(clone(0n, { child_tid: address }));
  });
});

/** What strace 6.1 wrote about a program that makes odd calls, on a kernel 6.18. */
describe('a call is read as strace writes it', () => {
  const shared = { exit_signal: SIGCHLD };
  test.each<[text: string, call: Call, recorded: string | undefined]>([
    [
      'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7fcfb02b3a10) = 15734',
      clone(0x120_0000n | SIGCHLD, { child_tid: 0x7fcf_b02b_3a10n }),
      'success',
    ],
    [
      'clone(child_stack=NULL, flags=CLONE_PIDFD|SIGCHLD, parent_tid=[3]) = 7515',
      clone(0x1000n | SIGCHLD, { parent_tid: A }),
      'success',
    ],
    [
      'clone(child_stack=NULL, flags=CLONE_PIDFD|SIGCHLD, parent_tid=[3<anon_inode:[pidfd]>]) = 23681<odd>',
      clone(0x1000n | SIGCHLD, { parent_tid: A }),
      'success',
    ],
    [
      'clone(child_stack=NULL, flags=CLONE_PIDFD|SIGCHLD, parent_tid=0x8) = -1 EFAULT (Bad address)',
      clone(0x1000n | SIGCHLD, { parent_tid: 8n }),
      'EFAULT',
    ],
    ['clone(child_stack=NULL, flags=65) = 7520', clone(65n), 'success'],
    ['clone(child_stack=NULL, flags=0x400000 /* CLONE_??? */|128) = 7524', clone(0x40_0080n), 'success'],
    [
      'clone(child_stack=NULL, flags=CLONE_SETTLS|SIGCHLD, tls={entry_number=12, base_addr=0x10000000, limit=0x0fffff, seg_32bit=1}) = 9',
      clone(0x8_0000n | SIGCHLD, { tls: 0x2000_0200n }),
      'success',
    ],
    [
      'clone(child_stack=0x7f…, flags=SIGCHLD) = ? ERESTARTNOINTR (To be restarted)',
      clone(SIGCHLD, { stack: A }),
      undefined,
    ],
    ['clone(child_stack=0x7f..., flags=SIGCHLD) = ?', clone(SIGCHLD, { stack: A }), undefined],
    ['vfork()                                 = 15778', { call: 'vfork' }, 'success'],
    ['fork() = -1 EAGAIN (Resource temporarily unavailable) (INJECTED)', { call: 'fork' }, 'EAGAIN'],
    ['fork() = -1 (errno 512)', { call: 'fork' }, undefined],
    [
      'clone3({flags=CLONE_VM|CLONE_PARENT_SETTID, child_tid=0x7f849951d990, parent_tid=0x7f849951d990, exit_signal=0, stack=0x7f8498d1d000, stack_size=0x7fff80, tls=0x7f849951d6c0} => {parent_tid=[12]}, 88) = 12',
      clone3({
        flags: 0x10_0100n,
        child_tid: 0x7f84_9951_d990n,
        parent_tid: 0x7f84_9951_d990n,
        stack: 0x7f84_98d1_d000n,
        stack_size: 0x7f_ff80n,
        tls: 0x7f84_9951_d6c0n,
      }),
      'success',
    ],
    [
      'clone3({flags=CLONE_PIDFD, pidfd=0x7fff4aa128c0, exit_signal=SIGCHLD, stack=NULL, stack_size=0} => {pidfd=[4<anon_inode:[pidfd]>]}, 88) = 23701',
      clone3({ ...shared, flags: 0x1000n, pidfd: 0x7fff_4aa1_28c0n }),
      'success',
    ],
    [
      'clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0, /* bytes 88..95 */ "\\x00\\x07\\x00\\x00\\x00\\x00\\x00\\x00"}, 96) = -1 E2BIG (Argument list too long)',
      clone3(shared, { size: 96n, tail: { offset: 89, byte: 7 } }),
      'E2BIG',
    ],
    [
      'clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0, /* bytes 88..95 */ "\\1\\0\\0A\\0\\0\\0\\0"}, 96) = -1 E2BIG (Argument list too long)',
      clone3(shared, { size: 96n, tail: { offset: 88, byte: 1 } }),
      'E2BIG',
    ],
    [
      'clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0, /* bytes 88..4095 */ "\\x00\\x00"...}, 5000) = -1 E2BIG (Argument list too long)',
      clone3(shared, { size: 5000n }),
      'E2BIG',
    ],
    [
      'clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0, ???}, 96) = -1 EFAULT (Bad address)',
      clone3(shared, { size: 96n, readable: 88 }),
      'EFAULT',
    ],
    ['clone3(0x7f3bd2fd5fb0, 88) = -1 EFAULT (Bad address)', clone3({}, { uargs: 0x7f3b_d2fd_5fb0n }), 'EFAULT'],
    [
      'clone3({flags=CLONE_INTO_CGROUP, exit_signal=SIGCHLD, stack=NULL, stack_size=0, cgroup=18446744073709551615}, 88) = -1 EINVAL (Invalid argument)',
      clone3({ ...shared, flags: 0x2_0000_0000n, cgroup: 0xffff_ffff_ffff_ffffn }),
      'EINVAL',
    ],
    [
      'clone3({flags=0, exit_signal=9223372036854775808, stack=NULL, stack_size=0}, 88) = -1 EINVAL (Invalid argument)',
      clone3({ exit_signal: 1n << 63n }),
      'EINVAL',
    ],
    [
      'clone3({flags=0, exit_signal=SIGRT_8, stack=NULL, stack_size=0, set_tid=[-1, 0], set_tid_size=2}, 80) = -1 EINVAL (Invalid argument)',
      clone3({ exit_signal: 40n, set_tid: TIDS, set_tid_size: 2n }, { size: 80n, tids: [-1, 0] }),
      'EINVAL',
    ],
  ])('%s', (text, call, recorded) => {
    expect(parseCall(text)).toEqual(recorded === undefined ? { call } : { call, recorded });
  });
});

describe('what is not understood is pointed at', () => {
  test.each([
    ['', 1, 'expected the name of a call', ''],
    ['clome(0)', 1, 'unknown call clome', 'did you mean clone?'],
    ['  vfrok()', 3, 'unknown call vfrok', 'did you mean vfork?'],
    ['exit(0)', 1, 'unknown call exit', 'it is one of clone, clone3, fork, vfork'],
    ['fork', 5, 'expected (, but the line ends', ''],
    ['fork(1)', 6, 'expected ), but there is "1)"', ''],
    ['clone(CLONE_FSS)', 7, 'unknown flag CLONE_FSS', 'did you mean CLONE_FS?'],
    ['clone(CLONE_VM|SIGCHILD)', 16, 'unknown flag SIGCHILD', ''],
    ['clone(CLONE_VM|)', 16, 'expected a flag', ''],
    ['clone(0, stakc=1)', 10, 'clone has no argument stakc', 'did you mean stack?'],
    ['clone(0, exit_signal=1)', 10, 'clone has no argument exit_signal', 'it is one of flags, stack'],
    ['clone(0, stack=here)', 16, 'expected an address', 'an address is a number, NULL, &a to &d'],
    ['clone(0, parent_tid=[3)', 24, 'expected ], but the line ends', ''],
    ['clone(0', 8, 'expected ), but the line ends', ''],
    ['clone(0) x', 10, 'unexpected "x"', 'one call a line'],
    ['clone(0) = x', 12, 'expected a result', 'a result is a TID, or -1 and an errno name'],
    ['clone3({flag=0})', 9, 'struct clone_args has no field flag', 'did you mean flags?'],
    ['clone3({CLONE_VM})', 9, 'expected FIELD=VALUE', ''],
    ['clone3({tids=[a]})', 15, 'expected a TID', ''],
    ['clone3({tail=88})', 14, 'expected [, but there is "88})"', ''],
    ['clone3({} => 3, 88)', 14, 'expected {, but there is "3, 88)"', ''],
    ['clone3({} => {pidfd=[3, 88)', 28, 'expected }, but the line ends', ''],
    ['clone3({}, big)', 12, 'expected the size', 'a number is decimal, or hexadecimal with 0x'],
  ])('%s', (text, column, what, hint) => {
    const place = { file: 'log', line: 4 };
    const fault: unknown = (() => {
      try {
        return parseCall(text, place);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(InputError);
    expect(fault).toMatchObject({ what, place: { ...place, column } });
    expect((fault as InputError).hint).toContain(hint);
  });

  test('and nothing else is thrown, whatever the text', () => {
    const piece = fc.constantFrom(
      ...['clone(', 'clone3(', '{', '}', '[', ']', ')', ', ', '=', '=>', '|', '"', '...', '/*', '*/', ' bytes 88..95 '],
      ...['flags', 'tail', 'set_tid', 'stack', 'CLONE_VM', 'SIGCHLD', 'NULL', '&a', '0x', '-1', '18', '<<', '???', 'é'],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseCall(text).call).toBeDefined();
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.place?.column).toBeGreaterThanOrEqual(1);
          expect(error.place?.column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('what is left out of clone3 is zero', () => {
  expect(parseCall('clone3({})').call).toMatchObject({ args: NO_ARGS, size: 88n, tids: [] });
});
