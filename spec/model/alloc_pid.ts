import { hasFeature } from '../features.js';
import type { Tid } from './call.js';
import type { Context, RequestedTid } from './context.js';
import type { KnownTids, PidNsOwner } from './facts.js';
import { PID_MAX_MIN, pidMaxLimit } from './kernel-limits.js';
import { TIDS } from './memory.js';
import { nsCapable } from './situation.js';

const CLONE_NEWUSER = 0x1000_0000;
const CLONE_NEWPID = 0x2000_0000;
/** Stands for a TID that is chosen where the call is made: in range, not 1, not in use. */
const SOME_FREE_TID = PID_MAX_MIN - 1;

/** kernel/pid.c alloc_pid(). */
export function alloc_pid(c: Context): void {
  c.refuse('errors/set-tid-size-over-level');
  const requested = requestedTids(c);
  const initLast = hasFeature(c.facts.kernel, 'set_tid_init_checked_last');
  if (hasFeature(c.facts.kernel, 'set_tid_checked_first')) {
    for (const c_tid of each(c, requested)) {
      c_tid.refuse('errors/set-tid-out-of-range');
      if (!initLast) c_tid.refuse('errors/set-tid-before-init');
      c_tid.refuse('errors/set-tid-unprivileged');
    }
    for (const c_tid of each(c, requested)) {
      c_tid.refuse('errors/set-tid-in-use');
      if (initLast) c_tid.refuse('errors/set-tid-before-init');
    }
  } else {
    // Each level is allocated before the next is looked at.
    for (const c_tid of each(c, requested)) {
      c_tid.refuse('errors/set-tid-out-of-range');
      c_tid.refuse('errors/set-tid-before-init');
      c_tid.refuse('errors/set-tid-unprivileged');
      c_tid.refuse('errors/set-tid-in-use');
    }
  }
  c.refuse('errors/no-pid-left');
  c.refuse('errors/pid-ns-dying');
}

/** Goes through the levels, innermost first, with the context looking at one. */
function* each(c: Context, requested: readonly RequestedTid[]): Generator<Context> {
  for (const tid of requested) {
    c.requested = tid;
    yield c;
  }
  c.requested = undefined;
}

function requestedTids(c: Context): readonly RequestedTid[] {
  const { kargs } = c;
  if (kargs.set_tid === 0n || kargs.set_tid_size === 0n || kargs.set_tid_size > 32n) return [];
  const count = Number(kargs.set_tid_size);
  // Somewhere else than where the array was put lie numbers that nobody knows: nothing is claimed about them.
  if (kargs.set_tid !== TIDS || kargs.tids.length < count) return Array.from({ length: count }, () => UNKNOWN_TID);
  return kargs.tids.slice(0, count).map((tid, index) => requestedTid(c, tid, index));
}

const UNKNOWN_TID: RequestedTid = {
  tid: SOME_FREE_TID,
  pid_max: undefined,
  has_init: true,
  capable: undefined,
  in_use: undefined,
};

/** What alloc_pid() finds at one level; index 0 is the namespace that the child will be in. */
function requestedTid(c: Context, tid: Tid, index: number): RequestedTid {
  const { caller, kernel } = c.facts;
  const isNew = c.has(CLONE_NEWPID);
  const perNamespace = hasFeature(kernel, 'pid_max_per_namespace');
  const limit = pidMaxLimit(kernel);
  if (index === 0 && (isNew || caller.pid_ns_for_children !== 'same')) {
    const value = tid === 'self' ? (caller.tids[0] ?? SOME_FREE_TID) : tid === 'free' ? SOME_FREE_TID : tid;
    return {
      tid: value,
      pid_max: perNamespace ? limit : caller.pid_max,
      has_init: !isNew && caller.pid_ns_for_children !== 'empty',
      // The owner of a user namespace has every capability in it.
      capable: (isNew && c.has(CLONE_NEWUSER)) || chooseTidCapable(c),
      // Who else is in a namespace that has its init nobody knows.
      in_use: !isNew && caller.pid_ns_for_children === 'living' ? (value === 1 ? true : undefined) : false,
    };
  }
  const level = isNew || caller.pid_ns_for_children !== 'same' ? index - 1 : index;
  const value = tid === 'self' ? (caller.tids[level] ?? SOME_FREE_TID) : tid === 'free' ? SOME_FREE_TID : tid;
  const known = caller.known_tids?.[level];
  if (known !== undefined && typeof tid === 'number') {
    return {
      tid,
      pid_max: perNamespace ? limit : caller.pid_max,
      has_init: true,
      capable: capableAt(c, caller.pid_ns_owners[level] ?? null),
      in_use: isInUse(known, tid),
    };
  }
  return {
    tid: value,
    // A TID that is in use, or chosen where the call is made, is in range.
    pid_max: typeof tid !== 'number' ? limit : !perNamespace || level === 0 ? caller.pid_max : boundsOf(value, limit),
    has_init: true,
    capable: capableAt(c, caller.pid_ns_owners[level] ?? null),
    // Arenas come and go, and on a machine so do others: of plain numbers only init's is known to be taken.
    in_use: tid === 'free' ? false : tid === 'self' || value === 1 ? true : undefined,
  };
}

/** The kernel picks TIDs from the lowest on, so that of the low ones none is known to be free. */
function isInUse({ used, picked }: KnownTids, tid: number): boolean | undefined {
  if (tid === 1 || used.includes(tid)) return true;
  return tid <= picked ? undefined : false;
}

/** An outer namespace's pid_max is not known; it lies between two numbers that are. */
function boundsOf(tid: number, limit: number): number | undefined {
  if (tid >= limit) return limit;
  return tid < PID_MAX_MIN ? PID_MAX_MIN : undefined;
}

function capableAt(c: Context, owner: PidNsOwner | null): boolean | undefined {
  if (owner === null) return undefined;
  return owner === 'outer' ? false : chooseTidCapable(c);
}

/** checkpoint_restore_ns_capable() over the caller's own user namespace. */
function chooseTidCapable({ facts }: Context): boolean {
  if (nsCapable(facts, 'CAP_SYS_ADMIN')) return true;
  return hasFeature(facts.kernel, 'checkpoint_restore') && nsCapable(facts, 'CAP_CHECKPOINT_RESTORE');
}
