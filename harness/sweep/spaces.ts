import { everyFlagSet } from '../../generators/index.js';
import { CSIGNAL, FLAGS, callerNamed, clone, type Call, type Caller, type CloneCall } from '../../spec/index.js';
import { CLONE_WORDS, listSpaces } from './list-spaces.js';

/** Words that are swept one by one: each is a call by one caller, and has a place from 0 up. */
export interface SweepSpace {
  readonly name: string;
  /** In a few words, for people. */
  readonly what: string;
  readonly caller: Caller;
  readonly words: number;
  /** The call at a place. */
  readonly callAt: (index: number) => Call;
  /** The probe makes these by itself. */
  readonly bulk?: Bulk;
}

/** `each` flag words of clone() from each base on, `step` apart. */
export interface Bulk {
  readonly bases: readonly bigint[];
  readonly each: number;
  readonly step: bigint;
  /** The other arguments. */
  readonly rest: Partial<Omit<CloneCall, 'call' | 'flags'>>;
  /** Words may make children, however long that takes. */
  readonly children: boolean;
}

/**
 * Callers for whom no call makes a child, so that millions can be made: their RLIMIT_NPROC is used up, which is looked at when all rules
 * about flags, and what a user namespace needs, have been. The second has every capability that does not exempt it.
 */
const REFUSED: readonly Caller[] = [callerNamed('nproc'), callerNamed('user+userns+nproc=0')];

const CLONE_FLAGS = FLAGS.filter(({ calls }) => calls.includes('clone')).map(({ value }) => value);
const SIGCHLD = 17n;

/** Where RLIMIT_NPROC does not hold, or what lies behind it is to be swept too: these make children. */
const ACCEPTED: readonly Caller[] = [callerNamed('root'), callerNamed('user')];

/** Everything that `clonecheck sweep` goes through. Their names, places and sizes are the same wherever it runs. */
export function sweepSpaces(): readonly SweepSpace[] {
  const pairs = [...everyFlagSet(CLONE_FLAGS, 2)];
  return [
    ...REFUSED.map((caller) => everyWord(caller, false)),
    ...REFUSED.map((caller) =>
      bulkSpace('clone-signals', 'every signal byte of clone() with every pair of flags', caller, {
        bases: pairs,
        each: 256,
        step: 1n,
        rest: {},
        children: false,
      }),
    ),
    {
      name: 'clone-signals',
      what: 'every signal byte of clone() with every pair of flags, with children',
      caller: callerNamed('root'),
      words: pairs.length * 256,
      callAt: (index) => clone((pairs[index >> 8] ?? 0n) | (BigInt(index) & CSIGNAL), CLONE_WORDS),
    },
    ...listSpaces(),
  ];
}

/** What takes hours, and is swept only where somebody asks for it. */
export function longSpaces(): readonly SweepSpace[] {
  return ACCEPTED.map((caller) => everyWord(caller, true));
}

function everyWord(caller: Caller, children: boolean): SweepSpace {
  const what = `every set of flags of clone()${children ? ', with children' : ''}`;
  const rest = children ? CLONE_WORDS : {};
  return bulkSpace('clone-flags', what, caller, { bases: [SIGCHLD], each: 1 << 24, step: 0x100n, rest, children });
}

function bulkSpace(name: string, what: string, caller: Caller, bulk: Bulk): SweepSpace {
  const { bases, each, step, rest } = bulk;
  return {
    name,
    what,
    caller,
    words: bases.length * each,
    callAt: (index) => clone((bases[Math.floor(index / each)] ?? 0n) + step * BigInt(index % each), rest),
    bulk,
  };
}
