import { formatStep, parseStep, type KernelFacts, type Scenario, type Step } from '../spec/index.js';
import { SELF } from './features.js';
import { judgeScenario } from './scenario-judge.js';
import type { Performer } from './session.js';

/**
 * Operations by which scenarios look at a clone's effects, that differ from Linux on their own: where no task is made there is
 * nothing of clone to be seen. What they show of other scenarios is not judged.
 */
export class Observers {
  private readonly faults = new Map<string, string>();

  /** Why the scenario cannot be judged here. */
  lacking({ steps }: Scenario): string | undefined {
    for (const step of steps) {
      const why = this.lackingStep(step);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  /** Why a step shows nothing here. */
  lackingStep(step: Step): string | undefined {
    return this.faults.get(keyOf(step));
  }

  note(step: Step, why: string): void {
    if (!this.faults.has(keyOf(step))) this.faults.set(keyOf(step), why);
  }
}

/** An operation; of those that read different things, with what is read. */
function keyOf(step: Step): string {
  return step.op === 'ns' ? `ns ${step.kind}` : step.op;
}

const KINDS = ['uts', 'ipc', 'pid', 'net', 'mnt', 'cgroup', 'user'];

/** Each looks at what a single task has. A step that differs in one of them is no use in others. */
const ALONE: readonly (readonly string[])[] = [
  ...[...KINDS, 'time'].map((kind) => [`ns(${kind})`, `ns(${kind})`]),
  ['ioprio()', 'ioprio_set(16387)', 'ioprio()'],
  ['sem_get()', 'sem_set(5)', 'sem_op(-1)', 'sem_value()'],
  ['write(&b, 77)', 'futex_wait(&b)', 'read(&b)'],
  ['open(20)', 'getfd(20)', 'close(20)', 'getfd(20)'],
  ['cwd()', 'chdir("/proc")', 'cwd()'],
  ['umask(022)', 'umask(077)'],
  ['map(page 3)', 'mapped(page 3)', 'unmap(page 3)', 'mapped(page 3)'],
  ['sigaction(SIGUSR1, handler)', 'sighandler(SIGUSR1)', 'sigpending()'],
  ['getpid()', 'gettid()'],
  ['getpgrp()'],
  ['getsid()'],
  ['hostname()'],
];

/** A plain fork makes no namespace. */
const FORKED = KINDS.map((kind) => [`0: ns(${kind})`, '0: clone(SIGCHLD) → task 1', `1: ns(${kind})`]);

/** Tries the operations with a single task. */
export async function tryObservers(session: Performer, kernel: KernelFacts): Promise<Observers> {
  const observers = new Observers();
  const caller = SELF;
  const alone = ALONE.map((texts): Scenario => ({ caller, steps: texts.map((text) => parseStep(`0: ${text}`)) }));
  const forked = FORKED.map((texts): Scenario => ({ caller, steps: texts.map((text) => parseStep(text)) }));
  const requests = [...alone, ...forked].map(({ steps }) => ({ call: 'scenario', steps }) as const);
  const { facts: own, observations } = await session.run(caller, requests);
  if (own === undefined) return observers;
  const facts = { kernel, caller: own };
  for (const [index, scenario] of alone.entries()) {
    const observation = observations[index];
    if (observation?.kind !== 'steps') continue;
    const judgement = judgeScenario(facts, scenario, observation, () => false);
    const step = judgement.verdict === 'fail' ? scenario.steps[judgement.mismatch.step] : undefined;
    if (step !== undefined) observers.note(step, differsAlone(step));
  }
  const unlike: Step[] = [];
  let alike = 0;
  for (const [index, scenario] of forked.entries()) {
    const observation = observations[alone.length + index];
    if (observation?.kind !== 'steps') continue;
    const [own, , childs] = observation.steps;
    const [step] = scenario.steps;
    if (own?.kind !== 'returned' || childs?.kind !== 'returned' || step === undefined) continue;
    if (own.value === childs.value) alike++;
    else unlike.push(step);
  }
  // One kind that differs is a namespace that fork made; where all do, it is the numbers.
  if (alike === 0 && unlike.length > 1)
    for (const step of unlike) observers.note(step, 'the target shows namespaces by numbers that are not theirs');
  return observers;
}

/** Says of a scenario without a clone that its differing step is no use here. */
export function differsAlone(step: Step): string {
  return `${bare(step)} differs on the target without any clone`;
}

/** Whether a scenario makes no task, so that a difference in it is not clone's. */
export function makesNoTask({ steps }: Scenario): boolean {
  return steps.every(({ op }) => op !== 'clone');
}

function bare(step: Step): string {
  return formatStep(step)
    .replace(/^\d+: /, '')
    .replace(/\(.*/, step.op === 'ns' ? `(${step.kind})` : '()');
}
