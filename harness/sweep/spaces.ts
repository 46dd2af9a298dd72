import { everyFlagSet } from '../../generators/index.js';
import { CSIGNAL, FLAGS, callerNamed, clone, type Call, type Caller } from '../../spec/index.js';
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
  /**
   * The probe makes these by itself, as long as none makes a child: `each` flag words from each base on, `step` apart. Other
   * arguments are 0.
   */
  readonly bulk?: { readonly bases: readonly bigint[]; readonly each: number; readonly step: bigint };
}

/**
 * Callers for whom no call makes a child, so that millions can be made: their RLIMIT_NPROC is used up, which is looked at when all rules
 * about flags, and what a user namespace needs, have been. The second has every capability that does not exempt it.
 */
const REFUSED: readonly Caller[] = [callerNamed('nproc'), callerNamed('user+userns+nproc=0')];

const CLONE_FLAGS = FLAGS.filter(({ calls }) => calls.includes('clone')).map(({ value }) => value);
const SIGCHLD = 17n;

/** Everything that `clonecheck sweep` goes through. Their names, places and sizes are the same wherever it runs. */
export function sweepSpaces(): readonly SweepSpace[] {
  const pairs = [...everyFlagSet(CLONE_FLAGS, 2)];
  return [
    ...REFUSED.map((caller) =>
      bulkSpace('clone-flags', 'every set of flags of clone()', caller, {
        bases: [SIGCHLD],
        each: 1 << 24,
        step: 0x100n,
      }),
    ),
    ...REFUSED.map((caller) =>
      bulkSpace('clone-signals', 'every signal byte of clone() with every pair of flags', caller, {
        bases: pairs,
        each: 256,
        step: 1n,
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

function bulkSpace(
  name: string,
  what: string,
  caller: Caller,
  bulk: { readonly bases: readonly bigint[]; readonly each: number; readonly step: bigint },
): SweepSpace {
  const { bases, each, step } = bulk;
  return {
    name,
    what,
    caller,
    words: bases.length * each,
    callAt: (index) => clone((bases[Math.floor(index / each)] ?? 0n) + step * BigInt(index % each)),
    bulk,
  };
}
