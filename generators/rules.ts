import { ERROR_CLAUSES, TIDS, parseCall, type Call, type Clone3Call, type CloneArgs } from '../spec/index.js';

/** The smallest case of a clause, from `spec/errors.yaml`. */
export interface Example {
  readonly clause: string;
  readonly caller: string;
  readonly call: Call;
}

/** One example for each clause that has one, in the order of the clauses. */
export const examples: readonly Example[] = ERROR_CLAUSES.clauses.flatMap(({ id, example }) =>
  example === undefined ? [] : [{ clause: id, caller: example.caller, call: parseCall(example.call).call }],
);

/**
 * The examples that a caller is to try: its own, and those of the caller that it is inside a user namespace, such as `chroot` for
 * `userns-chroot`: so an ordinary user judges what otherwise only root can.
 */
export function examplesFor(caller: string): readonly Example[] {
  return examples.filter((example) => example.caller === caller || `userns-${example.caller}` === caller);
}

/** A call as clone3, where the kernel would be asked the same. */
export function asClone3(call: Call): Clone3Call {
  switch (call.call) {
    case 'clone3':
      return call;
    case 'fork':
      return { call: 'clone3', args: { ...EMPTY, exit_signal: 17n }, size: 88n, tids: [] };
    case 'vfork':
      return { call: 'clone3', args: { ...EMPTY, flags: 0x4100n, exit_signal: 17n }, size: 88n, tids: [] };
    case 'clone':
      return {
        call: 'clone3',
        args: {
          ...EMPTY,
          flags: call.flags & 0xffff_ff00n,
          exit_signal: call.flags & 0xffn,
          pidfd: call.parent_tid,
          parent_tid: call.parent_tid,
          child_tid: call.child_tid,
          tls: call.tls,
          // clone() gets the end of the stack, clone3 its beginning.
          ...(call.stack > 0x1000n ? { stack: call.stack - 0x1000n, stack_size: 0x1000n } : {}),
        },
        size: 88n,
        tids: [],
      };
  }
}

const EMPTY: CloneArgs = {
  flags: 0n,
  pidfd: 0n,
  child_tid: 0n,
  parent_tid: 0n,
  exit_signal: 0n,
  stack: 0n,
  stack_size: 0n,
  tls: 0n,
  set_tid: 0n,
  set_tid_size: 0n,
  cgroup: 0n,
};

/** Two calls in one: the flags of both, and of the other arguments those of the second where it has any. */
export function merge(a: Call, b: Call): Call {
  if (a.call === 'clone' && b.call === 'clone') {
    const signal = (b.flags & 0xffn) === 0n ? a.flags & 0xffn : b.flags & 0xffn;
    return {
      call: 'clone',
      flags: ((a.flags | b.flags) & ~0xffn) | signal,
      stack: b.stack === 0n ? a.stack : b.stack,
      parent_tid: b.parent_tid === 0n ? a.parent_tid : b.parent_tid,
      child_tid: b.child_tid === 0n ? a.child_tid : b.child_tid,
      tls: b.tls === 0n ? a.tls : b.tls,
    };
  }
  const left = asClone3(a);
  const right = asClone3(b);
  const either = <K extends keyof CloneArgs>(field: K): bigint =>
    right.args[field] === 0n ? left.args[field] : right.args[field];
  const tids = right.tids.length > 0 ? right : left;
  const { uargs = left.uargs, readable = left.readable } = right;
  const size = right.size === 88n ? left.size : right.size;
  const tail = [right.tail, left.tail].find((candidate) => candidate !== undefined && BigInt(candidate.offset) < size);
  // Where no structure is passed nothing in it matters.
  if (uargs !== undefined) return { call: 'clone3', args: EMPTY, size, tids: [], uargs };
  return {
    call: 'clone3',
    args: {
      flags: left.args.flags | right.args.flags,
      pidfd: either('pidfd'),
      child_tid: either('child_tid'),
      parent_tid: either('parent_tid'),
      exit_signal: either('exit_signal'),
      stack: either('stack'),
      stack_size: either('stack_size'),
      tls: either('tls'),
      set_tid: tids.args.set_tid === TIDS || right.args.set_tid !== 0n ? tids.args.set_tid : left.args.set_tid,
      set_tid_size: either('set_tid_size'),
      cgroup: either('cgroup'),
    },
    size,
    tids: tids.tids,
    ...(tail !== undefined && { tail }),
    ...(readable !== undefined && { readable }),
  };
}

/** The call without some flag bits. */
export function withoutFlag(call: Call, mask: bigint): Call {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return call;
    case 'clone':
      return { ...call, flags: call.flags & ~mask };
    case 'clone3':
      return { ...call, args: { ...call.args, flags: call.args.flags & ~mask } };
  }
}

/** The call with some flag bits more. */
export function withFlag(call: Call, mask: bigint): Call {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return call;
    case 'clone':
      return { ...call, flags: call.flags | mask };
    case 'clone3':
      // Where no structure is passed nothing in it matters.
      return call.uargs !== undefined ? call : { ...call, args: { ...call.args, flags: call.args.flags | mask } };
  }
}

/** The flags of a call; for clone without the exit signal. */
export function flagsOf(call: Call): bigint {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return 0n;
    case 'clone':
      return call.flags & ~0xffn;
    case 'clone3':
      return call.args.flags;
  }
}
