import fc from 'fast-check';
import {
  DESCRIPTOR,
  RW,
  SHARED,
  clone,
  clone3,
  flagValue,
  type Caller,
  type Facts,
  type NsKind,
  type Operation,
  type Scenario,
  type Step,
} from '../spec/index.js';
import { Growth } from './growing.js';
import { Stage, pickPlay } from './plays/index.js';
import { pickRecipe } from './recipes.js';

/** Draws whole numbers below a bound from the values that fast-check made. */
export type Draw = (below: number) => number;

/** What belongs together: flags, and operations that show whether they did what they say. */
interface Topic {
  readonly flags: readonly string[];
  readonly operations: (growth: Growth, draw: Draw) => readonly Operation[];
  /** What the first task mostly does before anything else, so that there is something to share. */
  readonly begin?: readonly Operation[];
  /** How often the topic is taken, against 1 for the others. */
  readonly weight?: number;
}

const WORD_A = RW + 0x100n;
const WORD_B = RW + 0x108n;
const PARENT_WORD = RW + 0x110n;
const SHARED_CHILD_WORD = SHARED + 0x10n;
const SHARED_PARENT_WORD = SHARED + 0x18n;
const PIDFD_WORD = SHARED + 0x20n;
const TLS = DESCRIPTOR;
/** Signals that nothing else sends. */
const SIGNALS = [10, 12, 34];
const NS_KINDS: readonly NsKind[] = ['uts', 'ipc', 'mnt', 'net', 'cgroup', 'user', 'pid', 'time', 'time_for_children'];

const TOPICS: Readonly<Record<string, Topic>> = {
  memory: {
    flags: ['CLONE_VM'],
    operations: (_, draw) => [
      { op: 'write', at: [WORD_A, WORD_B][draw(2)] ?? WORD_A, value: 1 + draw(9) },
      { op: 'read', at: [WORD_A, WORD_B][draw(2)] ?? WORD_A },
      { op: 'read', at: WORD_A },
      { op: 'map', page: draw(2) },
      { op: 'mapped', page: draw(2) },
      { op: 'unmap', page: draw(2) },
    ],
  },
  fs: {
    flags: ['CLONE_FS'],
    operations: (_, draw) => [
      { op: 'chdir', to: draw(2) === 0 ? 'proc' : 'root' },
      { op: 'cwd' },
      { op: 'umask', mask: [0o22, 0o77, 0o27][draw(3)] ?? 0 },
    ],
  },
  files: {
    begin: [
      { op: 'open', fd: 20 },
      { op: 'memfd', fd: 22 },
    ],
    flags: ['CLONE_FILES'],
    operations: (_, draw) => [
      { op: 'open', fd: 20 + draw(2) },
      { op: 'close', fd: 20 + draw(3) },
      { op: 'getfd', fd: 20 + draw(3) },
      { op: 'getfd', fd: 20 },
      { op: 'memfd', fd: 22 },
      { op: 'lseek', fd: 22, offset: 1 + draw(9), whence: draw(2) },
      { op: 'lseek', fd: 22, offset: 0, whence: 1 },
    ],
  },
  handlers: {
    begin: [
      { op: 'sigaction', signal: 10, handler: 'handler' },
      { op: 'sigaction', signal: 12, handler: 'ignore' },
    ],
    flags: ['CLONE_SIGHAND', 'CLONE_VM', 'CLONE_CLEAR_SIGHAND'],
    operations: (_, draw) => {
      const signal = SIGNALS[draw(3)] ?? 10;
      return [
        { op: 'sigaction', signal, handler: (['default', 'ignore', 'handler'] as const)[draw(3)] ?? 'default' },
        { op: 'sighandler', signal },
        { op: 'sighandler', signal: 10 },
      ];
    },
  },
  mask: {
    flags: ['CLONE_SIGHAND', 'CLONE_VM'],
    operations: (_, draw) => [
      { op: draw(2) === 0 ? 'sigblock' : 'sigunblock', mask: 1n << BigInt(40 + draw(3)) },
      { op: 'sigmask' },
    ],
  },
  altstack: {
    begin: [{ op: 'altstack_set' }],
    flags: ['CLONE_VM', 'CLONE_VFORK'],
    operations: () => [{ op: 'altstack_set' }, { op: 'altstack' }],
  },
  threads: {
    weight: 2,
    flags: ['CLONE_THREAD', 'CLONE_SIGHAND', 'CLONE_VM'],
    operations: (growth, draw) => [
      { op: 'getpid' },
      { op: 'getppid' },
      { op: 'sigpending' },
      { op: draw(2) === 0 ? 'kill' : 'tgkill', who: growth.anyTask(draw), signal: 40 + draw(3) },
      { op: 'wait', who: growth.anyTask(draw), options: WAITS[draw(4)] ?? 0 },
      { op: draw(2) === 0 ? 'exit' : 'exit_group', status: draw(4) },
    ],
  },
  parents: {
    weight: 2,
    flags: ['CLONE_PARENT'],
    operations: (growth, draw) => [
      { op: 'getppid' },
      { op: 'gettid' },
      { op: 'sigpending' },
      { op: 'exit', status: draw(9) },
      { op: 'wait', who: growth.anyTask(draw), options: WAITS[draw(4)] ?? 0 },
    ],
  },
  exits: {
    flags: [],
    operations: (growth, draw) => [
      { op: 'sigpending' },
      { op: 'exit', status: draw(200) },
      { op: 'wait', who: draw(2) === 0 ? 'any' : growth.anyTask(draw), options: WAITS[draw(4)] ?? 0 },
      { op: 'wait', who: 'any', options: WAITS[draw(4)] ?? 0 },
    ],
  },
  vfork: {
    flags: ['CLONE_VFORK', 'CLONE_VM'],
    operations: (_, draw) => [
      { op: 'exit', status: draw(4) },
      { op: 'getpid' },
      { op: 'write', at: WORD_A, value: 1 + draw(9) },
      { op: 'read', at: WORD_A },
    ],
  },
  tids: {
    begin: [
      { op: 'write', at: SHARED_CHILD_WORD, value: 77 },
      { op: 'write', at: WORD_B, value: 78 },
    ],
    weight: 3,
    flags: ['CLONE_PARENT_SETTID', 'CLONE_CHILD_SETTID', 'CLONE_CHILD_CLEARTID', 'CLONE_VM'],
    operations: (_, draw) => {
      const word = [PARENT_WORD, WORD_B, SHARED_CHILD_WORD, SHARED_PARENT_WORD][draw(4)] ?? WORD_B;
      return [
        { op: 'read', at: word },
        { op: 'read', at: word },
        { op: 'gettid' },
        { op: 'exit', status: 0 },
        { op: 'futex_wait', at: word },
      ];
    },
  },
  tls: { flags: ['CLONE_SETTLS'], operations: () => [{ op: 'tls' }] },
  semaphores: {
    weight: 5,
    begin: [{ op: 'sem_get' }, { op: 'sem_set', value: 5 }],
    flags: ['CLONE_SYSVSEM'],
    operations: (_, draw) => [
      { op: 'sem_get' },
      { op: 'sem_set', value: 5 },
      { op: 'sem_op', value: -1, undo: draw(4) === 0 ? 0 : 1 },
      { op: 'sem_value' },
      { op: 'exit', status: 0 },
    ],
  },
  io: {
    begin: [{ op: 'ioprio_set', value: (2 << 13) | 3 }],
    flags: ['CLONE_IO'],
    operations: (_, draw) => [{ op: 'ioprio_set', value: (2 << 13) | draw(8) }, { op: 'ioprio' }],
  },
  pidfds: {
    flags: ['CLONE_PIDFD', 'CLONE_FILES'],
    operations: (_, draw) => [
      { op: 'pidfd_poll', at: PIDFD_WORD },
      { op: 'pidfd_getfl', at: PIDFD_WORD },
      { op: 'exit', status: draw(3) },
    ],
  },
  namespaces: {
    weight: 3,
    flags: [
      'CLONE_NEWUTS',
      'CLONE_NEWIPC',
      'CLONE_NEWNS',
      'CLONE_NEWCGROUP',
      'CLONE_NEWUSER',
      'CLONE_NEWPID',
      'CLONE_NEWTIME',
      'CLONE_NEWNET',
    ],
    operations: (growth, draw) => {
      const kind = NS_KINDS[draw(NS_KINDS.length)] ?? 'uts';
      return [
        { op: 'ns', kind },
        { op: 'ns', kind: growth.topicKind(kind) },
        { op: 'uid' },
        { op: 'caps' },
        { op: 'getpid' },
        { op: 'getppid' },
      ];
    },
  },
  hostnames: {
    flags: ['CLONE_NEWUTS'],
    operations: (growth, draw) => [
      { op: 'hostname' },
      ...(growth.ownUts ? [{ op: 'sethostname', n: 1 + draw(9) } as const] : []),
    ],
  },
  objects: {
    begin: [{ op: 'sem_get' }],
    flags: ['CLONE_NEWIPC'],
    operations: () => [{ op: 'sem_get' }, { op: 'shm_seen' }],
  },
  identity: {
    flags: [],
    operations: () => [{ op: 'getsid' }, { op: 'getpgrp' }, { op: 'nnp' }, { op: 'nnp_set' }, { op: 'gettid' }],
  },
};

/** Options of wait that never sleep for ever on their own: with and without __WCLONE and __WALL. */
const WNOHANG = 1;
const WAITS: readonly number[] = [WNOHANG, 0x4000_0000 | WNOHANG, -0x8000_0000 | WNOHANG, 0x4000_0000];

const EXIT_SIGNALS: readonly bigint[] = [17n, 17n, 17n, 0n, 10n, 34n, 64n];
const NAMES = Object.entries(TOPICS).flatMap(([name, { weight = 1 }]) => Array.from({ length: weight }, () => name));

/**
 * Scenarios that grow from the model's own state: no step names a task that cannot exist or that is asleep. Each has one to three topics,
 * so that what one task does is what another looks at.
 *
 * @param facts - of the caller that begins
 * @param most - steps at most
 */
export function scenarios(caller: Caller, facts: Facts, most = 12): fc.Arbitrary<Scenario> {
  return fc
    .array(fc.nat(0xff_ffff), { minLength: 8, maxLength: 2 + most * 4 })
    .map((numbers): Scenario => ({ caller, steps: grow(facts, numbers, most) }));
}

function grow(facts: Facts, numbers: readonly number[], most: number): readonly Step[] {
  let position = 0;
  const draw: Draw = (below) => {
    const number = numbers[position++ % numbers.length] ?? 0;
    // Values are used again when they run out, but not the same way.
    return (number + Math.floor(position / numbers.length) * 7919) % below;
  };
  const topics = Array.from({ length: 1 + draw(2) }, () => TOPICS[NAMES[draw(NAMES.length)] ?? 'memory']).filter(
    (topic) => topic !== undefined,
  );
  const growth = new Growth(facts);
  const kind = draw(8);
  if (kind < 2) return follow(growth, topics, most, draw);
  if (kind < 6) {
    for (let tries = 0; growth.steps.length === 0 && tries < 4; tries++)
      pickPlay(draw, facts)?.(new Stage(growth, draw, facts), draw);
    return growth.steps.slice(0, most);
  }
  const length = Math.min(most, 3 + draw(most));
  for (const operation of topics.flatMap(({ begin = [] }) => begin)) {
    if (growth.steps.length + 3 < most && draw(4) !== 0) growth.perform({ task: 0, ...operation });
  }
  for (let tries = 0; growth.steps.length < length && tries < 3 * most; tries++) {
    const task = growth.pickTask(draw);
    if (task === undefined) break;
    const wantsClone = growth.taskCount < 2 ? draw(3) === 0 || growth.steps.length > 2 : draw(6) === 0;
    if (wantsClone && growth.taskCount < 5) {
      growth.perform({ task, ...makeClone(facts, growth.taskCount, topics, draw) });
      continue;
    }
    const topic = topics[draw(topics.length)];
    const operations = topic?.operations(growth, draw) ?? [];
    const operation = operations[draw(Math.max(1, operations.length))];
    if (operation !== undefined) growth.perform({ task, ...operation });
  }
  return growth.steps;
}

/** Follows a recipe, with a free step here and there. */
function follow(growth: Growth, topics: readonly Topic[], most: number, draw: Draw): readonly Step[] {
  const recipe = pickRecipe(draw);
  if (recipe === undefined) return growth.steps;
  const free = (): void => {
    const task = draw(4) === 0 && growth.steps.length + recipe.after.length < most ? growth.pickTask(draw) : undefined;
    const operations = topics[0]?.operations(growth, draw) ?? [];
    const operation = operations[draw(Math.max(1, operations.length))];
    // What ends or puts to sleep somebody would spoil the recipe.
    if (
      task !== undefined &&
      operation !== undefined &&
      !['exit', 'exit_group', 'wait', 'futex_wait', 'kill', 'tgkill'].includes(operation.op)
    ) {
      growth.perform({ task, ...operation });
    }
  };
  for (const operation of recipe.before) growth.perform({ task: 0, ...operation });
  free();
  const names = [...recipe.flags, ...recipe.perhaps.filter(() => draw(2) === 0)];
  const flags = names.reduce((mask, name) => mask | flagValue(name), 0n);
  const parent = (flags & flagValue('CLONE_PARENT')) !== 0n;
  const signal = parent ? 0n : (recipe.exitSignal ?? 17n);
  const needsClone3 = (flags & flagValue('CLONE_NEWTIME')) !== 0n;
  const call = needsClone3
    ? clone3({ flags, exit_signal: signal, ...recipe.words })
    : clone(flags | signal, { ...recipe.words });
  growth.perform({ task: 0, op: 'clone', child: growth.taskCount, call });
  for (const [who, operation] of recipe.after) {
    free();
    const task = who === 'parent' ? 0 : 1;
    // That a task is gone is an answer too; one that sleeps is not asked.
    if (growth.steps.length < most && !growth.isAsleep(task)) growth.perform({ task, ...operation });
  }
  return growth.steps;
}

function makeClone(facts: Facts, child: number, topics: readonly Topic[], draw: Draw): Operation {
  let flags = 0n;
  for (const name of topics.flatMap((topic) => topic.flags)) if (draw(2) === 0) flags |= flagValue(name);
  const has = (name: string): boolean => (flags & flagValue(name)) !== 0n;
  const add = (name: string): void => {
    flags |= flagValue(name);
  };
  const drop = (name: string): void => {
    flags &= ~flagValue(name);
  };
  // Most sets are made such that they are accepted.
  if (draw(10) !== 0) {
    if (has('CLONE_THREAD')) add('CLONE_SIGHAND');
    if (has('CLONE_SIGHAND')) add('CLONE_VM');
    if (has('CLONE_SIGHAND')) drop('CLONE_CLEAR_SIGHAND');
    if (has('CLONE_FS')) drop('CLONE_NEWNS');
    if (has('CLONE_FS') || has('CLONE_THREAD')) drop('CLONE_NEWUSER');
    if (has('CLONE_THREAD')) drop('CLONE_NEWPID');
    if (has('CLONE_SYSVSEM')) drop('CLONE_NEWIPC');
  }
  if (has('CLONE_NEWNET') && draw(2) !== 0) drop('CLONE_NEWNET');
  // Now and then a call that is refused, to see that it leaves no trace.
  if (draw(16) === 0) flags |= flagValue('CLONE_NEWNS') | flagValue('CLONE_FS');
  const signal = has('CLONE_THREAD') || has('CLONE_PARENT') ? 0n : (EXIT_SIGNALS[draw(EXIT_SIGNALS.length)] ?? 17n);
  const shared = draw(2) === 0;
  const words = topics.includes(TOPICS['tids'] as Topic)
    ? { parent_tid: shared ? SHARED_PARENT_WORD : PARENT_WORD, child_tid: shared ? SHARED_CHILD_WORD : WORD_B }
    : {};
  const tls = has('CLONE_SETTLS') || topics.includes(TOPICS['tls'] as Topic) ? { tls: TLS } : {};
  const canClone3 = facts.kernel.version[0] > 5 || (facts.kernel.version[0] === 5 && facts.kernel.version[1] >= 10);
  const needsClone3 = has('CLONE_CLEAR_SIGHAND') || has('CLONE_NEWTIME');
  if (needsClone3 || (canClone3 && draw(3) === 0)) {
    return {
      op: 'clone',
      child,
      call: clone3({ flags, exit_signal: signal, ...words, ...tls, ...(has('CLONE_PIDFD') && { pidfd: PIDFD_WORD }) }),
    };
  }
  if (flags === 0n && signal === 17n && draw(3) === 0) return { op: 'clone', child, call: { call: 'fork' } };
  if (has('CLONE_PIDFD')) drop('CLONE_PARENT_SETTID');
  return {
    op: 'clone',
    child,
    call: clone(flags | signal, { ...words, ...tls, ...(has('CLONE_PIDFD') && { parent_tid: PIDFD_WORD }) }),
  };
}
