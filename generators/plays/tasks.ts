import { RW, SHARED } from '../../spec/index.js';
import { plays } from './stage.js';

const THREAD = ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_THREAD'];
const WORD = RW + 0x100n;
const TID_WORD = SHARED + 0x10n;
const PIDFD_WORD = SHARED + 0x20n;
const WNOHANG = 1;
const WEXITED = 4;
const __WNOTHREAD = 0x2000_0000;
const __WALL = 0x4000_0000;
/** A signal that nothing else sends. */
const SIGUSR1 = 10;
const SIGUSR1_BIT = 1n << 9n;

/** Threads, parents, signals, and the ways of waiting. */
export const TASK_PLAYS = plays(
  // Threads and children of each other.
  (s) => {
    const thread = s.clone(0, [...THREAD, ...s.some('CLONE_FILES')]);
    const maker = s.one(0, thread);
    const child = s.clone(maker, s.some('CLONE_VM', 'CLONE_FS'));
    s.step(child, { op: 'exit', status: s.draw(200) });
    if (s.draw(3) === 0) s.step(thread, { op: 'exit', status: 0 });
    const options = s.one(WNOHANG, WNOHANG | __WNOTHREAD, WNOHANG | __WNOTHREAD | __WALL);
    s.step(s.draw(4) === 0 ? maker : maker === 0 ? thread : 0, { op: 'wait', who: child, options });
    s.step(s.one(0, thread), { op: 'waitid', who: child, options: WNOHANG | WEXITED });
  },
  // A pidfd: signals through it, waiting by it.
  (s) => {
    const child = s.clone(0, ['CLONE_PIDFD', ...s.some('CLONE_FILES', 'CLONE_VM')], {
      words: { parent_tid: PIDFD_WORD },
    });
    const signal = s.one(40, 41, 9);
    if (s.maybe) s.step(0, { op: 'pidfd_kill', at: PIDFD_WORD, signal });
    if (signal !== 9) s.step(child, { op: 'sigpending' });
    if (s.draw(3) === 0) s.step(s.one(0, child), { op: s.one('pidfd_getfd', 'pidfd_poll'), at: PIDFD_WORD });
    if (s.maybe) s.step(child, { op: 'exit', status: s.draw(200) });
    if (s.maybe) s.step(0, { op: 'pidfd_poll', at: PIDFD_WORD });
    s.step(0, { op: 'waitid_pidfd', pidfd: PIDFD_WORD, options: WEXITED | WNOHANG });
    s.step(0, { op: 'pidfd_poll', at: PIDFD_WORD });
  },
  // A handler runs where the signal is not blocked.
  (s) => {
    s.step(0, { op: 'sigaction', signal: SIGUSR1, handler: 'handler' });
    const child = s.clone(0, s.one<readonly string[]>([], ['CLONE_VM', 'CLONE_SIGHAND'], THREAD));
    const [hearer, other] = s.maybe ? [0, child] : [child, 0];
    s.step(hearer, { op: 'sigunblock', mask: SIGUSR1_BIT });
    s.step(other, { op: s.one('kill', 'tgkill'), who: s.one(hearer, other), signal: SIGUSR1 });
    s.step(hearer, { op: 'handled', signal: SIGUSR1 });
    s.step(other, { op: 'handled', signal: SIGUSR1 }, { op: 'sigpending' });
  },
  // A parent dies: who is the parent then, and what does the child hear.
  (s) => {
    if (s.maybe) s.step(0, { op: 'subreaper_set', value: 1 });
    const parent = s.clone(0, s.draw(3) === 0 ? ['CLONE_NEWPID'] : s.some('CLONE_FS'));
    if (s.draw(3) === 0) s.step(parent, { op: 'pdeathsig_set', signal: 40 });
    const middle = s.clone(parent, s.some('CLONE_FILES'));
    const child = s.clone(middle, []);
    if (s.maybe) s.step(child, { op: 'pdeathsig_set', signal: 41 });
    s.step(middle, { op: 'exit', status: 0 });
    s.step(child, { op: 'getppid' }, { op: 'sigpending' }, { op: 'pdeathsig' });
    s.step(child, { op: 'exit', status: s.draw(9) });
    s.step(parent, { op: 'wait', who: child, options: WNOHANG });
  },
  // A sibling ends with the exit signal of the one who made it.
  (s) => {
    const maker = s.clone(0, s.some('CLONE_FS'), { signal: s.one(17n, 10n, 0n) });
    const sibling = s.clone(maker, ['CLONE_PARENT', ...s.some('CLONE_VM')]);
    const options = s.one(WNOHANG, WNOHANG | __WALL);
    if (s.draw(3) === 0) s.step(0, { op: 'wait', who: sibling, options });
    s.step(sibling, { op: 'exit', status: s.draw(9) });
    s.step(0, { op: 'sigpending' }, { op: 'wait', who: sibling, options });
  },
  // CLONE_DETACHED: what once meant something.
  (s) => {
    const child = s.clone(0, ['CLONE_DETACHED', ...s.some('CLONE_VM', 'CLONE_FS')]);
    s.step(child, { op: 'exit', status: s.draw(9) });
    s.step(0, { op: 'sigpending' }, { op: 'wait', who: child, options: s.one(0, WNOHANG) });
  },
  // The flags of 7.1.
  (s) => {
    const words = { pidfd: PIDFD_WORD };
    const names = ['CLONE_AUTOREAP', ...s.some('CLONE_NNP', 'CLONE_EMPTY_MNTNS')];
    const kills = s.maybe;
    const flags = kills ? [...names, 'CLONE_PIDFD', 'CLONE_PIDFD_AUTOKILL'] : names;
    const child = s.clone(0, flags, { words, signal: 0n });
    s.step(child, { op: 'nnp' }, { op: 'ns', kind: 'mnt' }, { op: 'root' });
    if (kills) s.step(0, { op: 'close', fd: 3 });
    if (s.maybe) s.step(child, { op: 'exit', status: 3 });
    s.step(0, { op: 'wait', who: child, options: __WALL | WNOHANG }, { op: 'sigpending' });
    s.step(child, { op: 'getpid' });
  },
  // What was pending before the clone is pending for the caller alone.
  (s) => {
    s.step(0, { op: s.one('kill', 'tgkill'), who: 0, signal: 40 });
    const child = s.clone(0, s.one<readonly string[]>([], ['CLONE_VM'], THREAD));
    s.step(child, { op: 'sigpending' });
    s.step(0, { op: 'sigpending' });
  },
  // What becomes of handlers and of what is ignored.
  (s) => {
    s.step(0, { op: 'sigaction', signal: SIGUSR1, handler: s.one('handler', 'ignore') });
    const child = s.clone(
      0,
      s.one(['CLONE_CLEAR_SIGHAND', ...s.some('CLONE_VM')], s.some('CLONE_FS'), ['CLONE_VM', 'CLONE_SIGHAND']),
    );
    s.step(child, { op: 'sighandler', signal: SIGUSR1 });
    if (s.maybe) s.step(child, { op: 'sigaction', signal: SIGUSR1, handler: 'default' });
    s.step(0, { op: 'sighandler', signal: SIGUSR1 });
  },
  // A refused call leaves no trace.
  (s) => {
    const words = { parent_tid: s.one(WORD, SHARED + 0x18n), child_tid: TID_WORD };
    const names = [
      'CLONE_PARENT_SETTID',
      'CLONE_CHILD_SETTID',
      'CLONE_NEWNS',
      'CLONE_FS',
      ...s.some('CLONE_VM', 'CLONE_FILES'),
    ];
    s.clone(0, s.one(names, ['CLONE_PARENT_SETTID', 'CLONE_THREAD']), { words });
    s.step(
      0,
      { op: 'read', at: words.parent_tid },
      { op: 'read', at: TID_WORD },
      { op: 'wait', who: 'any', options: WNOHANG },
    );
  },
);
