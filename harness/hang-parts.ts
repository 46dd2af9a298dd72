import {
  CLONE_ARGS_SIZE_VER2,
  CSIGNAL,
  NAMED_POINTERS,
  SIGCHLD,
  STACK,
  STACK_SIZE,
  TIDS,
  accessible,
  type Call,
} from '../spec/index.js';

/** An argument of a call, of which there are kinds. */
export interface Part {
  readonly name: string;
  readonly kind: (call: Call) => string;
  /** With one of another kind; undefined where the call has no such argument. */
  readonly change: (call: Call) => Call | undefined;
}

const WHOLE = BigInt(CLONE_ARGS_SIZE_VER2);
const WORD = NAMED_POINTERS.find(({ name }) => name === '&a')?.address ?? 0n;

/** A pointer, of which matters whether there is memory. */
const pointer = (name: 'parent_tid' | 'child_tid' | 'tls' | 'pidfd'): Part => ({
  name,
  kind: (call) => kindOf(fieldOf(call, name) ?? 0n),
  change: (call) => {
    const address = fieldOf(call, name);
    const other = address === undefined || kindOf(address) === 'written' ? 0n : WORD;
    if (call.call === 'clone') return address === undefined ? undefined : { ...call, [name]: other };
    return call.call === 'clone3' ? { ...call, args: { ...call.args, [name]: other } } : undefined;
  },
});

export const PARTS: readonly Part[] = [
  {
    name: 'exit_signal',
    kind: (call: Call): string => String(signalOf(call)),
    change: (call: Call): Call | undefined => {
      const signal = signalOf(call) === 0n ? SIGCHLD : 0n;
      if (call.call === 'clone') return { ...call, flags: (call.flags & ~CSIGNAL) | signal };
      return call.call === 'clone3' ? { ...call, args: { ...call.args, exit_signal: signal } } : undefined;
    },
  },
  {
    name: 'stack',
    kind: (call: Call): string => `${kindOf(fieldOf(call, 'stack') ?? 0n)} ${String(fieldOf(call, 'stack_size'))}`,
    change: (call: Call): Call | undefined => {
      const isGiven = fieldOf(call, 'stack') !== 0n;
      if (call.call === 'clone') return { ...call, stack: isGiven ? 0n : STACK + STACK_SIZE };
      const [stack, stack_size] = isGiven ? [0n, 0n] : [STACK, STACK_SIZE];
      return call.call === 'clone3' ? { ...call, args: { ...call.args, stack, stack_size } } : undefined;
    },
  },
  pointer('parent_tid'),
  pointer('child_tid'),
  pointer('tls'),
  pointer('pidfd'),
  {
    name: 'set_tid',
    kind: (call: Call): string =>
      call.call === 'clone3' ? [call.args.set_tid, call.args.set_tid_size, ...call.tids].join() : '',
    change: (call: Call): Call | undefined => {
      if (call.call !== 'clone3') return undefined;
      const isGiven = call.tids.length > 0 || call.args.set_tid !== 0n || call.args.set_tid_size !== 0n;
      const [set_tid, set_tid_size, tids] = isGiven ? [0n, 0n, []] : [TIDS, 1n, ['free'] as const];
      return { ...call, args: { ...call.args, set_tid, set_tid_size }, tids };
    },
  },
  {
    name: 'size',
    kind: (call: Call): string => (call.call === 'clone3' ? String(call.size) : ''),
    change: (call: Call): Call | undefined =>
      call.call === 'clone3' ? { ...call, size: call.size === 0n ? WHOLE : 0n } : undefined,
  },
  {
    name: 'cgroup',
    kind: (call: Call): string => (call.call === 'clone3' ? String(call.args.cgroup) : ''),
    change: (call: Call): Call | undefined =>
      call.call === 'clone3'
        ? { ...call, args: { ...call.args, cgroup: call.args.cgroup === 0n ? 3n : 0n } }
        : undefined,
  },
];

/** All else that there is of a call: it has to be the same. */
export function shapeOf(call: Call): string {
  if (call.call !== 'clone3') return call.call;
  const { tail, readable, uargs } = call;
  return `clone3 ${[readable, uargs, tail?.offset, tail?.byte].map(String).join()}`;
}

export function flagsOf(call: Call): bigint {
  if (call.call === 'clone') return call.flags & ~CSIGNAL;
  return call.call === 'clone3' ? call.args.flags : 0n;
}

function signalOf(call: Call): bigint {
  if (call.call === 'clone') return call.flags & CSIGNAL;
  return call.call === 'clone3' ? call.args.exit_signal : 0n;
}

function fieldOf(
  call: Call,
  name: 'stack' | 'stack_size' | 'parent_tid' | 'child_tid' | 'tls' | 'pidfd',
): bigint | undefined {
  if (call.call === 'clone3') return call.args[name];
  return call.call === 'clone' && name !== 'stack_size' && name !== 'pidfd' ? call[name] : undefined;
}

/** Whether there is memory. */
function kindOf(address: bigint): 'written' | 'read' | 'none' {
  const end = 1n << 47n;
  if (accessible(address, 4n, 'write', end)) return 'written';
  return accessible(address, 4n, 'read', end) ? 'read' : 'none';
}

/** Undefined where the call has it, or no place for it. */
export function withFlag(call: Call, flag: bigint): Call | undefined {
  if ((flagsOf(call) & flag) !== 0n) return undefined;
  if (call.call === 'clone') return flag < 1n << 32n ? { ...call, flags: call.flags | flag } : undefined;
  return call.call === 'clone3' ? { ...call, args: { ...call.args, flags: call.args.flags | flag } } : undefined;
}
