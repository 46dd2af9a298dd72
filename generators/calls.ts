import fc from 'fast-check';
import { FLAGS, TIDS, clone, clone3, flagValue, type Call, type Clone3Call, type CloneArgs } from '../spec/index.js';
import { argsSizes, cgroupFds, exitSignals, pointers, stacks, tids, tlsValues, wideExitSignals } from './arguments.js';
import { flagBits, flagSets } from './flags.js';
import { IDIOMS } from './idioms.js';
import { asClone3, examples, examplesFor, flagsOf, merge, withFlag, withoutFlag } from './rules.js';

/** What calls to make. */
export interface CallOptions {
  /** Only examples of clauses for this caller are built on, besides those for root. */
  readonly caller?: string;
}

/**
 * Calls that go where rules begin and end: each rule held by its own bits alone, with bits added, with a bit taken away; two and
 * three rules broken together; idioms perturbed; free flags and boundary arguments.
 */
export function calls(options: CallOptions = {}): fc.Arbitrary<Call> {
  const own = examplesFor(options.caller ?? '');
  const all = examples.map(({ call }) => call);
  const rule =
    own.length > 0
      ? fc.oneof(
          { weight: 2, arbitrary: fc.constantFrom(...own.map(({ call }) => call)) },
          { weight: 1, arbitrary: fc.constantFrom(...all) },
        )
      : fc.constantFrom(...all);
  const idiom = fc.constantFrom(...IDIOMS.map(({ call }) => call));
  return fc.oneof(
    { weight: 2, arbitrary: rule.chain(withBit) },
    { weight: 3, arbitrary: withoutBit(rule) },
    { weight: 3, arbitrary: fc.tuple(rule, rule).map(([a, b]) => merge(a, b)) },
    { weight: 2, arbitrary: fc.tuple(rule, rule, rule).map(([a, b, c]) => merge(merge(a, b), c)) },
    { weight: 2, arbitrary: fc.tuple(rule, idiom).map(([a, b]) => merge(b, a)) },
    { weight: 2, arbitrary: idiom.chain(withBit) },
    { weight: 2, arbitrary: withoutBit(idiom) },
    { weight: 1, arbitrary: fc.tuple(rule, undefinedBit).map(([call, bit]) => withFlag(asClone3(call), bit)) },
    { weight: 5, arbitrary: freeClone },
    { weight: 6, arbitrary: freeClone3 },
  );
}

const undefinedBit = fc.integer({ min: 38, max: 63 }).map((bit) => 1n << BigInt(bit));

const bitFor = { clone: flagBits('clone'), clone3: flagBits('clone3') };

function withBit(call: Call): fc.Arbitrary<Call> {
  return bitFor[call.call === 'clone3' ? 'clone3' : 'clone'].map((bit) => withFlag(call, bit));
}

function withoutBit(arbitrary: fc.Arbitrary<Call>): fc.Arbitrary<Call> {
  return fc.tuple(arbitrary, fc.nat(63)).map(([call, which]) => {
    const flags = flagsOf(call);
    const bits = FLAG_VALUES.filter((value) => (flags & value) !== 0n);
    const bit = bits[which % bits.length];
    return bit === undefined ? call : withoutFlag(call, bit);
  });
}

const FLAG_VALUES = FLAGS.map(({ value }) => value);
const mask = (...names: readonly string[]): bigint => names.reduce((bits, name) => bits | flagValue(name), 0n);
const PIDFD = mask('CLONE_PIDFD');
const PARENT_TID = mask('CLONE_PARENT_SETTID');
const CHILD_TID = mask('CLONE_CHILD_SETTID', 'CLONE_CHILD_CLEARTID');
const TLS = mask('CLONE_SETTLS');
const CGROUP = mask('CLONE_INTO_CGROUP');
const NO_EXIT_SIGNAL = mask('CLONE_THREAD', 'CLONE_PARENT', 'CLONE_AUTOREAP');

/** clone() with any flags; an argument differs from what fork would pass where its flag is set, and seldom elsewhere. */
const freeClone: fc.Arbitrary<Call> = fc
  .record({
    flags: flagSets('clone'),
    signal: exitSignals,
    parent_tid: pointers,
    child_tid: pointers,
    tls: tlsValues,
    seldom: fc.nat(15),
  })
  .map(({ flags, signal, parent_tid, child_tid, tls, seldom }) =>
    clone(flags | signal, {
      ...((flags & (PIDFD | PARENT_TID)) !== 0n || seldom === 1 ? { parent_tid } : {}),
      ...((flags & CHILD_TID) !== 0n || seldom === 2 ? { child_tid } : {}),
      ...((flags & TLS) !== 0n || seldom === 3 ? { tls } : {}),
    }),
  );

const requestedTids = fc.array(tids, { minLength: 1, maxLength: 3 });

const freeClone3: fc.Arbitrary<Call> = fc
  .record({
    flags: flagSets('clone3'),
    exit_signal: wideExitSignals,
    pidfd: pointers,
    parent_tid: pointers,
    child_tid: pointers,
    tls: tlsValues,
    cgroup: cgroupFds,
    stack: fc.option(stacks, { freq: 3 }),
    size: argsSizes,
    tids: fc.option(requestedTids, { freq: 3 }),
    twist: fc.nat(40),
    offset: fc.nat(40),
  })
  .map(
    ({
      flags,
      exit_signal,
      pidfd,
      parent_tid,
      child_tid,
      tls,
      cgroup,
      stack,
      size,
      tids: requested,
      twist,
      offset,
    }) => {
      const usual = (flags & NO_EXIT_SIGNAL) !== 0n && twist % 4 !== 0;
      const args: Partial<CloneArgs> = {
        flags,
        exit_signal: usual ? 0n : exit_signal,
        ...((flags & PIDFD) !== 0n ? { pidfd } : {}),
        ...((flags & PARENT_TID) !== 0n ? { parent_tid } : {}),
        ...((flags & CHILD_TID) !== 0n ? { child_tid } : {}),
        ...((flags & TLS) !== 0n ? { tls } : {}),
        ...((flags & CGROUP) !== 0n || twist === 1 ? { cgroup } : {}),
        ...(stack ?? {}),
        ...(requested === null ? {} : { set_tid: TIDS, set_tid_size: BigInt(requested.length) }),
      };
      return twisted(args, { size, tids: requested ?? [] }, twist, offset);
    },
  );

/** Now and then the structure itself is odd: cut off, elsewhere, longer with something behind it. */
function twisted(
  args: Partial<CloneArgs>,
  rest: Pick<Clone3Call, 'size' | 'tids'>,
  twist: number,
  offset: number,
): Call {
  switch (twist) {
    case 2:
      return clone3(args, { ...rest, readable: offset * 3 });
    case 3:
      return clone3(args, {
        ...rest,
        size: 88n + BigInt(offset) + 1n,
        tail: { offset: 88 + offset, byte: 1 + (offset % 255) },
      });
    case 4:
      return clone3({}, { ...rest, tids: [], uargs: offset % 2 === 0 ? 0n : 0xffff_8000_0000_0000n });
    case 5:
      return clone3(
        { ...args, set_tid: offset % 2 === 0 ? 0n : 8n, set_tid_size: BigInt(offset) },
        { ...rest, tids: [] },
      );
    case 6:
      return clone3(args, { ...rest, size: 96n, readable: 88 + (offset % 9) });
    default:
      return clone3(args, rest);
  }
}
