import { SHARED, type Operation } from '../../spec/index.js';
import { plays } from './stage.js';

const THREAD = ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_THREAD'];
const TID_WORD = SHARED + 0x10n;

/** What a task or its process has of its own. */
export const STATE_PLAYS = plays(
  // What a process has of its own, and its threads in common.
  (s) => {
    const state = STATES[s.draw(STATES.length)] ?? NO_STATE;
    if (s.maybe && !state.ends) s.step(0, ...state.get);
    s.step(0, ...state.set);
    const child = s.clone(0, s.one<readonly string[]>([], THREAD, ['CLONE_VM'], ['CLONE_FILES', 'CLONE_FS']));
    s.step(child, ...state.get);
    if (state.ends === true) s.step(0, { op: 'read', at: TID_WORD });
    const set = state.set[0];
    if (s.draw(3) === 0 && set !== undefined) s.step(child, set);
    if (state.ends !== true) s.step(0, ...state.get);
    if (s.draw(4) === 0) s.step(child, { op: 'execve' }, ...state.get);
  },
);

interface State {
  readonly set: readonly Operation[];
  readonly get: readonly Operation[];
  /** To look at it ends the task. */
  readonly ends?: boolean;
}

const NO_STATE: State = { set: [], get: [] };

/** What can be set, and how it is seen. */
const STATES: readonly State[] = [
  { set: [{ op: 'itimer_set', value: 1000 }], get: [{ op: 'itimer' }] },
  { set: [{ op: 'timer_create' }], get: [{ op: 'timer_there', id: 0 }] },
  { set: [{ op: 'rlimit_set', value: 4000 }], get: [{ op: 'rlimit' }] },
  { set: [{ op: 'subreaper_set', value: 1 }], get: [{ op: 'subreaper' }] },
  { set: [{ op: 'pdeathsig_set', signal: 40 }], get: [{ op: 'pdeathsig' }] },
  { set: [{ op: 'robust_list_set' }], get: [{ op: 'robust_list' }] },
  { set: [{ op: 'nice_set', value: 19 }], get: [{ op: 'nice' }] },
  { set: [{ op: 'sched_set', policy: 3 }], get: [{ op: 'sched' }] },
  { set: [{ op: 'sched_set', policy: 0x4000_0003 }], get: [{ op: 'sched' }] },
  { set: [{ op: 'personality_set', value: 0x4_0000 }], get: [{ op: 'personality' }] },
  { set: [{ op: 'timerslack_set', value: 70_000 }], get: [{ op: 'timerslack' }] },
  {
    set: [{ op: 'set_tid_address', at: TID_WORD }],
    get: [
      { op: 'exit', status: 0 },
      { op: 'read', at: TID_WORD },
    ],
  },
  { set: [{ op: 'nnp_set' }], get: [{ op: 'nnp' }] },
  { set: [{ op: 'altstack_set' }], get: [{ op: 'altstack' }] },
];
