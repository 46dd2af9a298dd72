import { RW, SHARED } from '../../spec/index.js';
import { plays } from './stage.js';

const THREAD = ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_THREAD'];
const WORD = RW + 0x100n;
const TID_WORD = SHARED + 0x10n;
const WNOHANG = 1;
const __WALL = 0x4000_0000;
/** A signal that nothing else sends. */
const SIGUSR1 = 10;

/** execve after a clone: who goes on, and what is shared no more. */
export const EXEC_PLAYS = plays(
  // execve: who goes on, what is shared no more.
  (s) => {
    const about = s.one('files', 'handlers', 'memory', 'fs');
    s.step(0, { op: 'open', fd: 20 }, { op: 'sigaction', signal: SIGUSR1, handler: 'handler' });
    s.step(0, { op: 'write', at: WORD, value: 1 + s.draw(9) });
    const names = s.some('CLONE_VM', 'CLONE_FILES', 'CLONE_FS', 'CLONE_VFORK');
    const child = s.clone(0, about === 'handlers' ? ['CLONE_VM', 'CLONE_SIGHAND', ...names] : names);
    s.step(child, { op: 'execve' });
    if (about === 'files') s.step(child, s.maybe ? { op: 'open', fd: 21 } : { op: 'close', fd: 20 });
    if (about === 'handlers') s.step(child, { op: 'sighandler', signal: SIGUSR1 });
    if (about === 'memory') s.step(child, { op: 'write', at: WORD, value: 11 + s.draw(9) });
    if (about === 'fs') s.step(child, { op: 'umask', mask: 0o77 });
    s.step(0, { op: 'sighandler', signal: SIGUSR1 }, { op: 'read', at: WORD }, { op: 'getfd', fd: s.one(20, 21) });
    s.step(child, { op: 'getppid' }, { op: 'read', at: WORD });
    if (s.maybe) s.step(0, { op: 'umask', mask: 0o22 });
  },
  // A vfork child executes, and its parent goes on.
  (s) => {
    const child = s.clone(0, ['CLONE_VFORK', ...s.some('CLONE_VM', 'CLONE_FILES')]);
    if (s.maybe) s.step(child, { op: 'getppid' });
    s.step(child, { op: 'execve' });
    s.step(0, { op: 'getpid' });
    s.step(child, { op: 'exit', status: s.draw(9) });
    s.step(0, { op: 'wait', who: child, options: 0 });
  },
  // A thread executes: the others end, and it has the leader's TID.
  (s) => {
    const leader = s.clone(0, []);
    const thread = s.clone(leader, [...THREAD, ...s.some('CLONE_FILES', 'CLONE_FS')]);
    const words = { child_tid: TID_WORD };
    const other = s.maybe
      ? s.clone(leader, [...THREAD, 'CLONE_CHILD_CLEARTID', 'CLONE_CHILD_SETTID'], { words })
      : thread;
    const performer = s.one(leader, thread, other);
    s.step(performer, { op: 'execve' }, { op: 'gettid' }, { op: 'getpid' });
    s.step(s.one(leader, thread, other), { op: 'getpid' });
    s.step(0, { op: 'read', at: TID_WORD });
    s.step(performer, { op: 'exit', status: s.draw(9) });
    s.step(0, { op: 'wait', who: 'any', options: WNOHANG });
  },
  // Exit signals after an execve, of the child or of the parent.
  (s) => {
    const parent = s.clone(0, []);
    const child = s.clone(parent, s.some('CLONE_VM', 'CLONE_FILES'), { signal: s.one(12n, 34n) });
    s.step(s.one(parent, child), { op: 'execve' });
    s.step(child, { op: 'exit', status: s.draw(9) });
    s.step(parent, { op: 'sigpending' }, { op: 'wait', who: 'any', options: s.one(WNOHANG, WNOHANG | __WALL) });
  },
  // The time namespace of a child that shares memory.
  (s) => {
    const child = s.clone(0, ['CLONE_NEWTIME', 'CLONE_VM', ...s.some('CLONE_VFORK', 'CLONE_FILES')]);
    s.step(child, { op: 'ns', kind: 'time' }, { op: 'execve' }, { op: 'ns', kind: 'time' });
    s.step(child, { op: 'ns', kind: 'time_for_children' });
    s.step(0, { op: 'ns', kind: 'time' });
  },
);
