import {
  CLONE_ARGS_FIELDS,
  ERROR_CLAUSES,
  FLAGS,
  PID_MAX_LIMIT,
  clone3,
  flagValue,
  parseCall,
  type Call,
  type CloneArgs,
} from '../spec/index.js';
import { asClone3, examples, flagsOf, merge, withFlag, withoutFlag, type Example } from './rules.js';

/**
 * The calls beside an example, at which a kernel goes wrong that gets a rule nearly right: with each flag more, in the plainest way in
 * which it can be set there; with each flag less; with one in place of another where the rule names both; with each number one more, one less and nought; and with one of the next rules broken too that gives
 * another errno.
 */
export function neighbours(example: Example): readonly Call[] {
  const { call } = example;
  return distinct([
    ...addedFlags(call),
    ...inClone3(example),
    ...FLAGS.filter(({ value }) => (flagsOf(call) & value) !== 0n).map(({ value }) => withoutFlag(call, value)),
    ...exchanged(example),
    ...nudged(call),
    ...withNextRules(example),
  ]).filter((each) => textOf(each) !== textOf(call));
}

/** What a flag cannot go without, as clone3 has it. */
const PLAINEST: Readonly<Record<string, string>> = {
  CLONE_SIGHAND: 'clone3({flags=CLONE_VM|CLONE_SIGHAND})',
  CLONE_THREAD: 'clone3({flags=CLONE_VM|CLONE_SIGHAND|CLONE_THREAD})',
  CLONE_PIDFD: 'clone3({flags=CLONE_PIDFD, pidfd=&a})',
  CLONE_PARENT_SETTID: 'clone3({flags=CLONE_PARENT_SETTID, parent_tid=&b})',
  CLONE_CHILD_SETTID: 'clone3({flags=CLONE_CHILD_SETTID, child_tid=&c})',
  CLONE_CHILD_CLEARTID: 'clone3({flags=CLONE_CHILD_CLEARTID, child_tid=&c})',
  CLONE_SETTLS: 'clone3({flags=CLONE_SETTLS, tls=0x20000200})',
  CLONE_INTO_CGROUP: 'clone3({flags=CLONE_INTO_CGROUP, cgroup=10})',
  CLONE_PIDFD_AUTOKILL: 'clone3({flags=CLONE_PIDFD_AUTOKILL|CLONE_PIDFD|CLONE_AUTOREAP|CLONE_NNP, pidfd=&a})',
};

/** Of flags any of which a rule may speak of, the example shows one. */
function exchanged({ clause, call }: Example): readonly Call[] {
  const { when = '', calls: judged = [] } = ERROR_CLAUSES.clauses.find(({ id }) => id === clause) ?? {};
  const { call: made } = call;
  if (made === 'fork' || made === 'vfork' || !judged.includes(made)) return [];
  const named = FLAGS.filter(({ name, calls }) => calls.includes(made) && new RegExp(`\\b${name}\\b`).test(when));
  const isSet = (value: bigint): boolean => (flagsOf(call) & value) !== 0n;
  return named
    .filter(({ value }) => isSet(value))
    .flatMap(({ value: given }) =>
      named.filter(({ value }) => !isSet(value)).map(({ value }) => withFlag(withoutFlag(call, given), value)),
    );
}

/** With these there is no exit signal in clone3. */
const WITHOUT_SIGNAL = ['CLONE_THREAD', 'CLONE_PARENT', 'CLONE_AUTOREAP', 'CLONE_PIDFD_AUTOKILL'];
const NO_SIGNAL = WITHOUT_SIGNAL.reduce((mask, name) => mask | flagValue(name), 0n);

/** The call with each flag more that it can pass. What the flag needs besides comes with it, once as clone3 has it too. */
function addedFlags(call: Call): readonly Call[] {
  if (call.call === 'fork' || call.call === 'vfork') return [];
  return FLAGS.filter(({ calls, refused }) => [...calls, ...refused].some((each) => each === call.call))
    .filter(({ value }) => (flagsOf(call) & value) === 0n)
    .flatMap(({ name, value, makes, bit, refused }) => {
      const plain = PLAINEST[name];
      const bare = withFlag(call, value);
      return [
        bare,
        ...(plain === undefined && !WITHOUT_SIGNAL.includes(name) ? [] : [inPlainestWay(call, name, value)]),
        ...((makes === undefined && name !== 'CLONE_EMPTY_MNTNS') || name === 'CLONE_NEWUSER'
          ? []
          : [withFlag(bare, flagValue('CLONE_NEWUSER'))]),
        ...(bit >= 32 || refused.length > 0 ? withUnreadableTids(bare) : []),
        ...(name === 'CLONE_NEWPID' ? oneNamespaceFurther(call) : []),
      ];
    });
}

/**
 * A flag that is refused as such, or not known, hides a rule that comes before and gives the same errno, unless something else than that
 * is due in between: TIDs that cannot be read.
 */
function withUnreadableTids(call: Call): readonly Call[] {
  if (call.call !== 'clone3' || call.uargs !== undefined || call.args.set_tid !== 0n || call.args.set_tid_size !== 0n)
    return [];
  return [{ ...call, args: { ...call.args, set_tid: 8n, set_tid_size: 1n } }];
}

/** In a new PID namespace the child has one TID more, which is 1; a user namespace of its own gives the right to ask for that one. */
function oneNamespaceFurther(call: Call): readonly Call[] {
  if (call.call !== 'clone3' || call.tids.length === 0) return [];
  const tids: typeof call.tids = [1, ...call.tids];
  const deeper = { ...call, args: { ...call.args, set_tid_size: BigInt(tids.length) }, tids };
  return ['CLONE_NEWPID', 'CLONE_NEWUSER'].map((_, index, names) =>
    withFlag(
      deeper,
      names.slice(0, index + 1).reduce((mask, name) => mask | flagValue(name), 0n),
    ),
  );
}

function inPlainestWay(call: Call, name: string, value: bigint): Call {
  const text = PLAINEST[name];
  const flag = asClone3(text === undefined ? clone3({ flags: value }) : parseCall(text).call).args;
  if (call.call === 'clone') {
    const { flags, parent_tid, child_tid, tls } = call;
    const pointer = flag.parent_tid === 0n ? flag.pidfd : flag.parent_tid;
    return {
      ...call,
      flags: flags | flag.flags,
      parent_tid: parent_tid === 0n ? pointer : parent_tid,
      child_tid: child_tid === 0n ? flag.child_tid : child_tid,
      tls: tls === 0n ? flag.tls : tls,
    };
  }
  if (call.call !== 'clone3' || call.uargs !== undefined) return call;
  // What the example gives goes before what the flag needs.
  const given: Partial<CloneArgs> = Object.fromEntries(
    CLONE_ARGS_FIELDS.filter((field) => call.args[field] !== 0n).map((field) => [field, call.args[field]] as const),
  );
  const args = { ...flag, ...given, flags: call.args.flags | flag.flags };
  return { ...call, args: WITHOUT_SIGNAL.includes(name) ? { ...args, exit_signal: 0n } : args };
}

/** What a rule says of clone() it says of clone3() too, with the flags that only that can pass. */
function inClone3({ clause, call }: Example): readonly Call[] {
  const calls = ERROR_CLAUSES.clauses.find(({ id }) => id === clause)?.calls ?? [];
  if (call.call !== 'clone' || !calls.includes('clone3')) return [];
  const alike = asClone3(call);
  const signalled =
    (alike.args.flags & NO_SIGNAL) === 0n ? alike : { ...alike, args: { ...alike.args, exit_signal: 0n } };
  // In clone() the pidfd and the TID are stored at one place, in clone3() at two.
  const apart = { ...signalled, args: { ...signalled.args, parent_tid: 0n } };
  const more = FLAGS.filter(({ name, calls: taking }) => !taking.includes('clone') || name === 'CLONE_PARENT_SETTID');
  return [
    signalled,
    ...more.flatMap(({ name, value }) => [withFlag(signalled, value), inPlainestWay(apart, name, value)]),
  ];
}

/** Numbers at which the kernel decides otherwise, wherever an example stands. */
const BOUNDS: Readonly<Record<string, readonly bigint[]>> = { set_tid_size: [32n, 33n], stack: [1n] };

/** Ends of the usual ranges of TIDs. */
const PID_LIMITS = [32_767, 32_768, PID_MAX_LIMIT - 1, PID_MAX_LIMIT];

/** Each number that is given, one more and one less, and none. */
function nudged(call: Call): readonly Call[] {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return [];
    case 'clone': {
      const fields = (['stack', 'parent_tid', 'child_tid', 'tls'] as const).filter((field) => call[field] !== 0n);
      const signal = call.flags & 0xffn;
      return [
        ...fields.flatMap((field) => [0n, ...oneOff(call[field])].map((value) => ({ ...call, [field]: value }))),
        ...(signal === 17n ? [] : oneOff(signal).filter((value) => value < 256n)).map((value) => ({
          ...call,
          flags: (call.flags & ~0xffn) | value,
        })),
      ];
    }
    case 'clone3': {
      const { args, size, tids } = call;
      const fields = CLONE_ARGS_FIELDS.filter((field) => field !== 'flags' && args[field] !== 0n);
      const near = (field: (typeof fields)[number]): readonly bigint[] => [
        0n,
        ...oneOff(args[field]),
        ...(BOUNDS[field] ?? []),
      ];
      return [
        ...fields.flatMap((field) => near(field).map((value) => ({ ...call, args: { ...args, [field]: value } }))),
        ...oneOff(size).map((value) => ({ ...call, size: value })),
        ...tids.flatMap((tid, index) =>
          typeof tid === 'number'
            ? [tid - 1, tid + 1, ...PID_LIMITS].map((value) => ({ ...call, tids: tids.with(index, value) }))
            : [],
        ),
      ];
    }
  }
}

function oneOff(value: bigint): readonly bigint[] {
  return [value - 1n, value + 1n].map((each) => BigInt.asUintN(64, each));
}

/** So many of the rules that come next and give another errno: which of them a kernel has depends on its version. */
const NEXT = 6;

/**
 * The example with one of the next rules in the kernel's order broken too, of those that give another errno; and with one of those
 * that it is next to, for the caller whom it needs.
 */
function withNextRules({ clause, call }: Example): readonly Call[] {
  const others = examples.filter(
    (other) => nextRules(clause).includes(other.clause) || nextRules(other.clause).includes(clause),
  );
  return others.flatMap((other) => [merge(call, other.call), merge(other.call, call)]);
}

const nextRules = memoised((clause: string): readonly string[] => {
  const { clauses } = ERROR_CLAUSES;
  const own = clauses.find(({ id }) => id === clause);
  if (own === undefined) return [];
  const isNext = ({ rank, errno, calls, unjudged }: (typeof clauses)[number]): boolean =>
    unjudged === undefined && rank > own.rank && errno !== own.errno && calls.some((each) => own.calls.includes(each));
  return clauses
    .filter(isNext)
    .slice(0, NEXT)
    .map(({ id }) => id);
});

function memoised<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

function distinct(calls: readonly Call[]): readonly Call[] {
  return [...new Map(calls.map((call) => [textOf(call), call])).values()];
}

function textOf(call: Call): string {
  return JSON.stringify(call, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
