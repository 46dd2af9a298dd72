import { plays } from './stage.js';

/** What is shared or copied, where it takes several steps to see. */
export const RESOURCE_PLAYS = plays(
  // Locks and flags of an open file.
  (s) => {
    s.step(0, { op: 'memfd', fd: 22 }, { op: 'lock', fd: 22 });
    if (s.maybe) s.step(0, { op: 'setfd', fd: 22, flag: 1 });
    const child = s.clone(0, s.some('CLONE_FILES', 'CLONE_VM', 'CLONE_FS'));
    if (s.draw(3) === 0) s.step(child, { op: 'dup', fd: 22, to: 24 }, { op: 'close', fd: s.one(22, 24) });
    if (s.draw(3) === 0) s.step(child, { op: 'setfl', fd: 22, flag: 0x400 });
    s.step(child, { op: s.one('locked', 'lock'), fd: 22 });
    s.step(0, { op: 'locked', fd: 22 }, { op: 'getfl', fd: 22 });
    if (s.draw(3) === 0) s.step(child, { op: 'execve' }, { op: 'getfd', fd: 22 }, { op: 'locked', fd: 22 });
  },
  // What madvise and mlock say of a mapping.
  (s) => {
    const page = s.draw(3);
    s.step(0, { op: 'map', page }, { op: 'poke', page, value: 1 + s.draw(9) });
    s.step(0, { op: s.one('dontfork', 'wipeonfork', 'mlock', 'mlock'), page });
    const child = s.clone(0, s.some('CLONE_VM', 'CLONE_FS', 'CLONE_FILES'));
    s.step(child, { op: 'peek', page }, { op: 'mapped', page }, { op: 'vmlck' });
    if (s.maybe) s.step(child, { op: 'poke', page, value: 11 });
    s.step(0, { op: 'peek', page }, { op: 'vmlck' });
  },
  // kcmp agrees with what is shared.
  (s) => {
    const type = 1 + s.draw(6);
    if (type === 6) s.step(0, { op: 'sem_get' }, { op: 'sem_set', value: 5 }, { op: 'sem_op', value: -1, undo: 1 });
    if (type === 5) s.step(0, { op: 'ioprio_set', value: (2 << 13) | 3 });
    const names = s.some('CLONE_VM', 'CLONE_FILES', 'CLONE_FS', 'CLONE_IO', 'CLONE_SYSVSEM');
    const child = s.clone(0, names.includes('CLONE_VM') ? [...names, ...s.some('CLONE_SIGHAND')] : names);
    if (type === 6) s.step(child, { op: 'sem_op', value: -1, undo: 1 });
    if (s.draw(4) === 0) s.step(child, { op: 'execve' });
    s.step(0, { op: 'kcmp', a: 0, b: child, type });
    s.step(child, { op: 'kcmp', a: 0, b: child, type: 1 + s.draw(6) });
  },
);
