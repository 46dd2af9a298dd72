import { plays } from './stage.js';

const WNOHANG = 1;
const __WALL = 0x4000_0000;
/** PTRACE_O_TRACEFORK, PTRACE_O_TRACEVFORK and PTRACE_O_TRACECLONE. */
const EVENTS = 2 | 4 | 8;
const VFORK_DONE = 32;

/** What a tracer hears of a clone. */
export const TRACING_PLAYS = plays(
  // A tracer with options: events, stops, messages.
  (s) => {
    const tracee = s.clone(0, []);
    s.step(0, { op: 'ptrace_seize', who: tracee, options: s.one(EVENTS, 2, 8, 0, EVENTS | VFORK_DONE) });
    const names = s.some('CLONE_UNTRACED', 'CLONE_PTRACE', 'CLONE_VFORK');
    const child = s.clone(tracee, names, { signal: s.one(17n, 17n, 0n, 12n) });
    s.step(0, { op: 'wait', who: tracee, options: __WALL | WNOHANG });
    if (s.maybe) s.step(0, { op: 'ptrace_eventmsg', who: tracee });
    s.step(0, { op: 'ptrace_cont', who: tracee, signal: 0 });
    if (s.maybe) s.step(0, { op: 'wait', who: child, options: __WALL | WNOHANG });
    s.step(0, s.draw(3) === 0 ? { op: 'ptrace_detach', who: child } : { op: 'ptrace_cont', who: child, signal: 0 });
    s.step(child, { op: 'tracer' });
    s.step(tracee, { op: 'tracer' });
  },
  // One that asked to be traced, stopped by itself.
  (s) => {
    const tracee = s.clone(0, s.some('CLONE_FS'));
    s.step(tracee, { op: 'ptrace_traceme' }, { op: 'tracer' }, { op: 'kill', who: tracee, signal: 19 });
    s.step(0, { op: 'wait', who: tracee, options: s.one(0, __WALL) });
    if (s.maybe) s.step(0, { op: 'ptrace_setoptions', who: tracee, options: EVENTS });
    s.step(0, { op: 'ptrace_cont', who: tracee, signal: 0 });
    const child = s.clone(tracee, s.some('CLONE_PTRACE', 'CLONE_UNTRACED'));
    s.step(0, { op: 'wait', who: child, options: __WALL | WNOHANG });
    s.step(0, { op: 'ptrace_cont', who: tracee, signal: 0 });
    s.step(child, { op: 'tracer' });
  },
);
