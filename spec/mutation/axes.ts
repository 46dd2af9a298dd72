import { FLAGS } from '../flags.js';
import type { Call, CallName, Tid } from '../model/call.js';
import { NO_ARGS } from '../model/call.js';
import { taskSizeMax } from '../model/kernel-limits.js';
import type { Facts, KernelFacts } from '../model/facts.js';
import { NONE, RO, RW, STACK, STACK_SIZE, TIDS } from '../model/memory.js';

/** All that is passed to a call, of whichever kind. */
export interface Draft {
  readonly flags: bigint;
  readonly exit_signal: bigint;
  readonly pidfd: bigint;
  readonly parent_tid: bigint;
  readonly stack: bigint;
  readonly stack_size: bigint;
  readonly tls: bigint;
  readonly set_tid: bigint;
  readonly set_tid_size: bigint;
  readonly tids: readonly Tid[];
  readonly cgroup: bigint;
  readonly size: bigint;
  readonly tail?: { readonly offset: number; readonly byte: number };
  readonly readable?: number;
  readonly uargs?: bigint;
}

/** One thing about a call that can be chosen, with every choice between which a rule can tell; the first is the plainest. */
export interface Axis {
  readonly name: string;
  readonly choices: readonly Partial<Draft>[];
  /** The choices are flag bits, which add up. */
  readonly isFlag?: true;
}

const PLAIN: Draft = {
  flags: 0n,
  exit_signal: 0n,
  pidfd: 0n,
  parent_tid: 0n,
  stack: 0n,
  stack_size: 0n,
  tls: 0n,
  set_tid: 0n,
  set_tid_size: 0n,
  tids: [],
  cgroup: 0n,
  size: 88n,
};

const A = RW + 0x100n;
const B = RW + 0x108n;
const around = (...numbers: readonly bigint[]): readonly bigint[] => [
  ...new Set(numbers.flatMap((number) => [number, number - 1n, number + 1n, number + 2n])),
];

/**
 * What can be chosen about a call: of each argument one value for every side of every comparison that rules make. Where the clause in
 * question speaks of the argument, the numbers at which the answer changes and those beside them.
 *
 * @param callers - everyone who may make the call
 * @param names - what the clause in question speaks of
 */
export function axesOf(
  call: CallName,
  kernel: KernelFacts,
  callers: readonly Facts[],
  names: ReadonlySet<string>,
): readonly Axis[] {
  if (call === 'fork' || call === 'vfork') return [];
  const flags = FLAGS.filter(({ calls, refused }) => [...calls, ...refused].includes(call)).map(
    ({ name, value }): Axis => ({ name, choices: [{}, { flags: value }], isFlag: true }),
  );
  const end = taskSizeMax(kernel);
  const speaksOf = (...some: readonly string[]): boolean => some.some((name) => names.has(name));
  const tls = axis(
    'tls',
    speaksOf('tls') ? [A, 0n, NONE, end, end - 1n, end - 2n, end + 1n, (1n << 64n) - 1n] : [A, NONE, end],
    (value) => ({ tls: value }),
  );
  const signals = speaksOf('exit_signal') ? [17n, 0n, 1n, 63n, 64n, 65n, 66n, 254n, 255n] : [17n, 0n, 65n];
  const wide = speaksOf('exit_signal') ? [256n, 257n, 1n << 32n] : [256n];
  const pointers = speaksOf('pidfd', 'parent_tid') ? [A, 0n, RO, NONE, end] : [A, NONE];
  if (call === 'clone') {
    return [
      ...flags,
      axis('exit_signal', signals, (value) => ({ exit_signal: value })),
      axis('parent_tid', pointers, (value) => ({ parent_tid: value, pidfd: value })),
      axis('stack', [0n, STACK + STACK_SIZE, STACK + 1n, STACK + 8n], (value) => ({ stack: value })),
      tls,
    ];
  }
  const page = BigInt(kernel.page_size);
  return [
    ...flags,
    { name: 'undefined', choices: [{}, { flags: 1n << 63n }], isFlag: true },
    { name: 'csignal', choices: [{}, { flags: 1n }, { flags: 2n }], isFlag: true },
    axis('exit_signal', [...signals, ...wide], (value) => ({ exit_signal: value })),
    axis('pidfd', pointers, (value) => ({ pidfd: value })),
    axis('parent_tid', [B, ...pointers], (value) => ({ parent_tid: value })),
    axis(
      'stack',
      speaksOf('stack', 'stack_size') ? STACKS : STACKS.filter((_, index) => [0, 2, 4, 8].includes(index)),
      ([stack, stack_size]) => ({ stack, stack_size }),
    ),
    tls,
    axis('set_tid', tidShapes(callers), (shape) => shape),
    axis(
      'cgroup',
      [10n, 11n, 12n, 13n, 14n, 15n, 16n, 17n, 99n, ...(speaksOf('cgroup') ? around(0x7fff_ffffn) : [1n << 31n])],
      (cgroup) => ({ cgroup }),
    ),
    axis(
      'structure',
      speaksOf('size', 'uargs', 'tail') ? [...new Set([88n, ...around(64n, 80n, 88n, page), 96n])] : SIZES,
      (size) => ({ size }),
      [
        { size: page + 1n },
        { size: 96n, tail: { offset: 88, byte: 1 } },
        { size: 96n, readable: 88 },
        { readable: 0 },
        { size: page + 1n, tail: { offset: 88, byte: 1 } },
        { size: page + 1n, uargs: 0n },
        { size: 63n, uargs: 0n },
      ],
    ),
  ];
}

/** Between these a short structure cuts off other fields. */
const SIZES = [88n, 80n, 72n, 64n, 63n];
const HUGE = (1n << 64n) - 0x100n;
const STACKS = [
  [0n, 0n],
  [STACK, STACK_SIZE],
  [0n, 1n],
  [0n, 2n],
  [STACK, 0n],
  [1n, 0n],
  [1n, 1n],
  [STACK, 1n],
  [STACK, HUGE],
  [1n, HUGE],
  [0n, HUGE],
] as const;

function tidShapes(callers: readonly Facts[]): readonly Partial<Draft>[] {
  const limits = [...new Set(callers.map(({ caller }) => caller.pid_max))].flatMap((max) => [max, max - 1, max + 1]);
  const single: readonly Tid[] = ['free', 'self', 1, 0, -1, 2, 3, ...limits];
  const several: readonly (readonly Tid[])[] = [
    ['free', 'free'],
    ['free', 'self'],
    ['self', 'free'],
    ['free', 0],
    [0, 'free'],
    [1, 'free'],
    [1, 0],
    [1, 2],
    [1, ...limits.slice(0, 1)],
    [1, 'self'],
    [2, 'self'],
    [2, 'free'],
    ...[3, 4, 32, 33].map((count) => Array.from({ length: count }, (): Tid => 'free')),
  ];
  const counted = (tids: readonly Tid[]): Partial<Draft> => ({
    set_tid: TIDS,
    set_tid_size: BigInt(tids.length),
    tids,
  });
  return [
    {},
    ...[...single.map((tid) => [tid]), ...several].map(counted),
    ...[1n, 2n, 31n, 32n, 33n, 34n].flatMap((set_tid_size) => [
      { set_tid: 8n, set_tid_size },
      { set_tid: 0n, set_tid_size },
    ]),
    { set_tid: TIDS },
    { set_tid: 1n },
  ];
}

function axis<T>(
  name: string,
  values: readonly T[],
  choice: (value: T) => Partial<Draft>,
  more: readonly Partial<Draft>[] = [],
): Axis {
  return { name, choices: [...values.map(choice), ...more] };
}

/** The call that is made of one choice on each axis. */
export function assemble(call: CallName, choices: readonly Partial<Draft>[]): Call {
  if (call === 'fork' || call === 'vfork') return { call };
  const chosen = choices.reduce<Draft>((made, choice) => ({ ...made, ...choice }), PLAIN);
  const draft: Draft = { ...chosen, flags: choices.reduce((mask, choice) => mask | (choice.flags ?? 0n), 0n) };
  const { flags, exit_signal, pidfd, parent_tid, stack, stack_size, tls, set_tid, set_tid_size, cgroup, ...rest } =
    draft;
  if (call === 'clone') return { call, flags: flags | exit_signal, stack, parent_tid, child_tid: 0n, tls };
  // Of what cannot be read nothing is known to any kernel.
  if (rest.uargs !== undefined || rest.readable === 0) return { call, args: NO_ARGS, ...rest };
  const args = {
    ...NO_ARGS,
    flags,
    exit_signal,
    pidfd,
    parent_tid,
    stack,
    stack_size,
    tls,
    set_tid,
    set_tid_size,
    cgroup,
  };
  return { call, args, ...rest };
}
