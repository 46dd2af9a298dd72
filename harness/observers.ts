import {
  DEATH_BY_SIGNAL,
  NS_KINDS,
  lookOf,
  parseStep,
  type Facts,
  type KernelFacts,
  type Mismatch,
  type Scenario,
  type StepResult,
  type Value,
} from '../spec/index.js';
import type { Observation } from './case.js';
import { SELF } from './features.js';
import { judgeScenario } from './scenario-judge.js';
import type { Performer } from './session.js';

/**
 * Each looks at what a single task has. What comes out otherwise than on Linux here, where no task is made, shows nothing of clone.
 * What is done before may fail or be ignored: then, too, the look is no use.
 */
export const LOOKS_ALONE: readonly (readonly string[])[] = [
  ...NS_KINDS.map((kind) => [`ns(${kind})`, `ns(${kind})`]),
  ['getpid()', 'gettid()', 'getppid()', 'getpgrp()', 'getsid()', 'uid()', 'caps()', 'nspid(0)'],
  ['sighandler(SIGUSR1)', 'sigaction(SIGUSR1, handler)', 'sighandler(SIGUSR1)'],
  ['sigmask()', 'sigblock(0x200)', 'sigmask()', 'sigunblock(0x200)', 'sigmask()'],
  ['sigpending()'],
  ['altstack()', 'altstack_set()', 'altstack()'],
  ['pdeathsig()', 'pdeathsig_set(SIGUSR1)', 'pdeathsig()'],
  ['map(page 3)', 'mapped(page 3)', 'poke(page 3, 5)', 'peek(page 3)', 'unmap(page 3)', 'mapped(page 3)'],
  ['map(page 2)', 'vmlck()', 'mlock(page 2)', 'vmlck()'],
  ['tls()'],
  ['robust_list()', 'robust_list_set()', 'robust_list()'],
  ['open(20)', 'getfd(20)', 'setfd(20, 1)', 'getfd(20)', 'getfl(20)', 'close(20)', 'getfd(20)'],
  ['open(20)', 'locked(20)', 'lock(20)', 'locked(20)'],
  ['cwd()', 'chdir("/proc")', 'cwd()', 'root()'],
  ['hostname()'],
  ['cgroup()'],
  ['shm_seen()'],
  ['sem_get()', 'sem_set(5)', 'sem_op(-1)', 'sem_value()'],
  ['nnp()', 'nnp_set()', 'nnp()'],
  ['ioprio()', 'ioprio_set(16387)', 'ioprio()'],
  ['nice()', 'nice_set(3)', 'nice()'],
  ['sched()', 'sched_set(SCHED_BATCH)', 'sched()'],
  ['dumpable()', 'dumpable_set(0)', 'dumpable()'],
  ['personality()', 'personality_set(0x40000)', 'personality()'],
  ['timerslack()', 'timerslack_set(60000)', 'timerslack()'],
  ['subreaper()', 'subreaper_set(1)', 'subreaper()'],
  ['rlimit()', 'rlimit_set(200)', 'rlimit()'],
  ['itimer()', 'itimer_set(1000)', 'itimer()'],
  ['timer_create()', 'timer_there(0)'],
  ['tracer()'],
  // Tasks begin with every signal blocked.
  ['kill(task 0, SIGUSR1)', 'sigunblock(0x200)'],
  ['kill(task 0, 42)', 'sigunblock(0x20000000000)'],
];

/** A plain fork makes no namespace. */
const KINDS = NS_KINDS.filter((kind) => !kind.endsWith('_for_children'));
const FORKED = KINDS.map((kind) => [
  ...[`0: ns(${kind})`, '0: clone(SIGCHLD) → task 1', `1: ns(${kind})`, '1: getpid()'],
  ...['0: uid()', '1: uid()'],
]);

/** By its own number the child is the first of a namespace, whatever number that has; a user may need a user namespace for it. */
const ENTERED = ['CLONE_NEWPID', 'CLONE_NEWUSER|CLONE_NEWPID'].map((flags) => [
  ...['0: ns(pid)', `0: unshare(${flags})`, '0: clone(SIGCHLD) → task 1', '1: ns(pid)', '1: getpid()'],
]);

/**
 * Finds out by single tasks what scenarios cannot look at on a target.
 *
 * @returns as `lookOf` names it
 */
export async function tryObservers(session: Performer, kernel: KernelFacts): Promise<ReadonlySet<string>> {
  const alone = LOOKS_ALONE.map((texts) => texts.map((text) => `0: ${text}`));
  const scenarios = [...alone, ...FORKED, ...ENTERED].map((texts): Scenario => ({
    caller: SELF,
    steps: texts.map((text) => parseStep(text)),
  }));
  const { facts: caller, observations } = await session.run(
    SELF,
    scenarios.map(({ steps }) => ({ call: 'scenario', steps }) as const),
  );
  if (caller === undefined) return new Set();
  const unseen = new Set(
    scenarios
      .slice(0, alone.length)
      .flatMap((scenario, index) => wrongLooks({ kernel, caller }, scenario, observations[index])),
  );
  const forked = observations.slice(alone.length, alone.length + FORKED.length);
  for (const look of namespacesByWrongNumbers(forked)) unseen.add(look);
  const entered = observations.slice(alone.length + FORKED.length);
  if (entered.some(hidesNamespace)) for (const kind of NS_KINDS) unseen.add(`ns(${kind})`);
  return unseen;
}

/** What is known of a kernel, with what {@link tryObservers} found out. */
export async function withUnseen(session: Performer, kernel: KernelFacts): Promise<KernelFacts> {
  const unseen = await tryObservers(session, kernel);
  return unseen.size === 0 ? kernel : { ...kernel, unseen };
}

/** The same in words, for reports. */
export function unseenReasons({ unseen = new Set() }: KernelFacts): readonly string[] {
  return [...unseen].map((look) => `${look} differs without any clone, and is not looked at`);
}

/** The looks of a scenario that differ; what stands behind one that differs is held against the model all the same. */
function wrongLooks(facts: Facts, scenario: Scenario, observation: Observation | undefined): readonly string[] {
  const wrong = new Set<string>();
  for (;;) {
    if (observation?.kind !== 'steps') return [...wrong];
    const kernel = { ...facts.kernel, unseen: wrong };
    const judgement = judgeScenario({ ...facts, kernel }, scenario, observation, () => false);
    const look = judgement.verdict === 'fail' ? lookAt(scenario, judgement.mismatch) : undefined;
    if (look === undefined || wrong.has(look)) return [...wrong];
    wrong.add(look);
  }
}

/** What a difference of a single task was seen by. */
function lookAt({ steps }: Scenario, { step: at, expected, observed }: Mismatch): string | undefined {
  const step = steps[at];
  if (step === undefined) return undefined;
  return expected.kind === 'gone' && observed.kind === 'gone' ? DEATH_BY_SIGNAL : lookOf(step);
}

/**
 * Kinds of namespace whose numbers differ across a plain fork, where they are shown to lie. That of the PID namespace lies where the child
 * has the number by which its parent knows it, so that both are in one, and then so do the others. That of the user namespace lies where the
 * child is the user that its parent is: in a new one, which has no map, it would be nobody. A fork that does make a namespace is clone's own
 * difference.
 */
function namespacesByWrongNumbers(observations: readonly Observation[]): readonly string[] {
  const differing = new Set<string>();
  for (const [index, kind] of KINDS.entries()) {
    const observation = observations[index];
    if (observation?.kind !== 'steps') continue;
    const [own, clone, childs, pid, user, childsUser] = observation.steps.map(valueOf);
    if (own === undefined || childs === undefined || own === childs) continue;
    if (kind === 'pid' && (pid === undefined || pid !== clone)) return [];
    if (kind === 'user' && (user === undefined || user !== childsUser)) continue;
    differing.add(kind);
  }
  const lying = differing.has('pid') ? [...differing] : [...differing].filter((kind) => kind === 'user');
  return lying.map((kind) => `ns(${kind})`);
}

/** Says whether a child that is the first of a PID namespace seems to be in its parent's by the number: then no number tells any apart. */
function hidesNamespace(observation: Observation): boolean {
  if (observation.kind !== 'steps') return false;
  const [own, unshared, clone, childs, pid] = observation.steps.map(valueOf);
  return own !== undefined && unshared === 0 && clone !== undefined && clone !== 1 && pid === 1 && childs === own;
}

function valueOf(step: StepResult): Value | undefined {
  return step.kind === 'returned' ? step.value : undefined;
}
