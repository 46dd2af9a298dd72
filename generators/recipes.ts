import { RW, SHARED, type NsKind, type Operation } from '../spec/index.js';
import type { Draw } from './scenarios.js';

/**
 * A schedule in outline: what the first task does, which flags the clone has or may have, and what then happens in which task. Free
 * growth seldom comes to these within a dozen steps; a recipe does, and free steps between its own keep it a family.
 */
export interface Recipe {
  readonly before: readonly Operation[];
  readonly flags: readonly string[];
  /** Each of them in every second scenario. */
  readonly perhaps: readonly string[];
  readonly exitSignal?: bigint;
  readonly words?: { readonly parent_tid: bigint; readonly child_tid: bigint };
  readonly after: readonly (readonly ['parent' | 'child', Operation])[];
}

const PRIVATE = { parent_tid: RW + 0x110n, child_tid: RW + 0x108n };
const COMMON = { parent_tid: SHARED + 0x18n, child_tid: SHARED + 0x10n };
const THREAD = ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_THREAD'];
const WNOHANG = 1;
const __WALL = 0x4000_0000;
const __WCLONE = -0x8000_0000;

const NAMESPACES: readonly (readonly [NsKind, string])[] = [
  ['uts', 'CLONE_NEWUTS'],
  ['ipc', 'CLONE_NEWIPC'],
  ['mnt', 'CLONE_NEWNS'],
  ['net', 'CLONE_NEWNET'],
  ['cgroup', 'CLONE_NEWCGROUP'],
  ['user', 'CLONE_NEWUSER'],
  ['pid', 'CLONE_NEWPID'],
  ['time', 'CLONE_NEWTIME'],
];

/** One for each kind of effect that needs several steps in the right order. */
const RECIPES: readonly ((draw: Draw) => Recipe)[] = [
  // A thread ends: who hears of it, who can wait for it, who else ends.
  (draw) => ({
    before: [],
    flags: THREAD,
    perhaps: ['CLONE_FS', 'CLONE_FILES'],
    exitSignal: 0n,
    after: [
      ['child', { op: draw(3) === 0 ? 'exit_group' : 'exit', status: draw(5) }],
      ['parent', { op: 'sigpending' }],
      ['parent', { op: 'wait', who: 1, options: __WALL | WNOHANG }],
    ],
  }),
  // Signals to the process and to one thread.
  (draw) => ({
    before: [],
    flags: THREAD,
    perhaps: ['CLONE_FILES'],
    exitSignal: 0n,
    after: [
      ['parent', { op: draw(2) === 0 ? 'kill' : 'tgkill', who: draw(2), signal: 40 + draw(3) }],
      ['child', { op: 'sigpending' }],
      ['parent', { op: 'sigpending' }],
    ],
  }),
  // The TID words, before and after the end, with and without somebody who waits on them.
  (draw) => {
    const words = draw(2) === 0 ? PRIVATE : COMMON;
    const wait: readonly ['parent', Operation][] =
      draw(2) === 0 ? [] : [['parent', { op: 'futex_wait', at: words.child_tid }]];
    return {
      before: [{ op: 'write', at: words.child_tid, value: 77 }],
      flags: draw(3) === 0 ? [] : ['CLONE_CHILD_CLEARTID'],
      perhaps: ['CLONE_VM', 'CLONE_CHILD_SETTID', 'CLONE_PARENT_SETTID'],
      words,
      after: [
        ['child', { op: 'read', at: words.child_tid }],
        ['child', { op: 'read', at: words.parent_tid }],
        ...wait,
        ['child', { op: 'exit', status: 0 }],
        ['parent', { op: 'read', at: words.child_tid }],
        ['parent', { op: 'read', at: words.parent_tid }],
      ],
    };
  },
  // Semaphore undo values, of parent and child.
  (draw) => ({
    before: [
      { op: 'sem_get' },
      { op: 'sem_set', value: 5 },
      ...(draw(2) === 0 ? [{ op: 'sem_op', value: -1, undo: 1 } as const] : []),
    ],
    flags: [],
    perhaps: ['CLONE_SYSVSEM', 'CLONE_VM'],
    after: [
      ['child', { op: 'sem_op', value: -1, undo: 1 }],
      ['child', { op: 'exit', status: 0 }],
      ['parent', { op: 'sem_value' }],
    ],
  }),
  // An exit, its signal and its status, and the ways of waiting for it.
  (draw) => ({
    before: [],
    flags: [],
    perhaps: ['CLONE_PARENT', 'CLONE_VM', 'CLONE_FS'],
    exitSignal: [17n, 0n, 10n, 34n][draw(4)] ?? 17n,
    after: [
      ['child', { op: draw(2) === 0 ? 'exit' : 'exit_group', status: draw(200) }],
      ['parent', { op: 'sigpending' }],
      ['parent', { op: 'wait', who: 1, options: [WNOHANG, __WALL | WNOHANG, __WCLONE | WNOHANG][draw(3)] ?? WNOHANG }],
      ['parent', { op: 'wait', who: 'any', options: __WALL | WNOHANG }],
    ],
  }),
  // One open file behind two descriptors.
  (draw) => ({
    before: [
      { op: 'memfd', fd: 22 },
      { op: 'lseek', fd: 22, offset: 1 + draw(5), whence: 0 },
    ],
    flags: [],
    perhaps: ['CLONE_FILES', 'CLONE_VM'],
    after: [
      ['child', { op: 'lseek', fd: 22, offset: 1 + draw(9), whence: 1 }],
      ['parent', { op: 'lseek', fd: 22, offset: 0, whence: 1 }],
      ['child', { op: 'close', fd: 22 }],
      ['parent', { op: 'getfd', fd: 22 }],
    ],
  }),
  // A namespace, as parent and child see it.
  (draw) => {
    const [kind, flag] = NAMESPACES[draw(NAMESPACES.length)] ?? ['uts', 'CLONE_NEWUTS'];
    const look: Operation = { op: 'ns', kind };
    return {
      before: [look],
      flags: [],
      perhaps: [flag, 'CLONE_NEWUSER'],
      after: [
        ['child', look],
        ['parent', look],
      ],
    };
  },
  // A vfork child acts before its parent goes on.
  () => ({
    before: [],
    flags: [],
    perhaps: ['CLONE_VFORK', 'CLONE_VM', 'CLONE_FS'],
    after: [
      ['child', { op: 'write', at: RW + 0x100n, value: 3 }],
      ['child', { op: 'exit', status: 0 }],
      ['parent', { op: 'read', at: RW + 0x100n }],
    ],
  }),
];

/** One of the recipes. */
export function pickRecipe(draw: Draw): Recipe | undefined {
  return RECIPES[draw(RECIPES.length)]?.(draw);
}
