import { FLAGS, NO_ARGS, clone, formatStep, type Call, type Scenario, type Step } from '../spec/index.js';
import type { Simpler } from './minimise.js';
import { simplerCallers } from './simpler-callers.js';

const SIGCHLD = 17n;

/**
 * Every scenario that is one part simpler, those that take away most first: a task with all that only it needed, a step, a caller's
 * attributes, a flag, an argument. Arguments go towards what fork passes.
 */
export function simplerScenarios({ caller, steps }: Scenario): readonly Simpler<Scenario>[] {
  const simpler = [...withoutTasks(steps), ...withoutSteps(steps), ...simplerSteps(steps)].filter(
    ({ steps: left }) => left.length > 0,
  );
  return [
    ...simpler.map(({ steps: left, without }) => ({ subject: { caller, steps: left }, without })),
    ...simplerCallers(caller).map(({ subject, ...rest }) => ({ subject: { caller: subject, steps }, ...rest })),
  ];
}

interface Fewer {
  readonly steps: readonly Step[];
  readonly without: string;
}

function withoutTasks(steps: readonly Step[]): readonly Fewer[] {
  return steps.flatMap((step) => {
    if (step.op !== 'clone') return [];
    const gone = withDescendants(steps, step.child);
    const left = steps.filter((other) => ![...gone].some((task) => names(other, task)));
    return [{ steps: left, without: `task ${String(step.child)}` }];
  });
}

/** A task and those that it makes. */
function withDescendants(steps: readonly Step[], task: number): ReadonlySet<number> {
  const family = new Set([task]);
  for (const step of steps) if (step.op === 'clone' && family.has(step.task)) family.add(step.child);
  return family;
}

/** The step is the task's, makes it, or is about it. */
function names(step: Step, task: number): boolean {
  if (step.task === task) return true;
  if (step.op === 'clone') return step.child === task;
  if (step.op === 'kcmp') return step.a === task || step.b === task;
  return 'who' in step && step.who === task;
}

/** The last first: what comes after the difference goes at once. */
function withoutSteps(steps: readonly Step[]): readonly Fewer[] {
  return [...steps.entries()]
    .reverse()
    .filter(([, { op }]) => op !== 'clone')
    .map(([index, step]) => ({ steps: steps.filter((_, other) => other !== index), without: formatStep(step) }));
}

function simplerSteps(steps: readonly Step[]): readonly Fewer[] {
  return [...steps.entries()].flatMap(([index, step]) =>
    [...simplerClones(step), ...simplerValues(step)].map(({ step: simpler, without }) => ({
      steps: steps.map((other, at) => (at === index ? simpler : other)),
      without,
    })),
  );
}

interface SimplerStep {
  readonly step: Step;
  readonly without: string;
}

function simplerClones(step: Step): readonly SimplerStep[] {
  if (step.op !== 'clone') return [];
  const { call } = step;
  return simplerCalls(call).map(({ call: simpler, without }) => ({
    step: { ...step, call: simpler },
    without: `${without} of task ${String(step.child)}`,
  }));
}

interface SimplerCall {
  readonly call: Exclude<typeof PLAIN_CALL, never>;
  readonly without: string;
}
const PLAIN_CALL: Extract<Step, { op: 'clone' }>['call'] = clone(SIGCHLD);

function simplerCalls(call: Call): readonly SimplerCall[] {
  switch (call.call) {
    case 'fork':
      return [{ call: PLAIN_CALL, without: 'fork' }];
    case 'vfork':
      return [{ call: PLAIN_CALL, without: 'vfork' }];
    case 'clone': {
      const { flags, ...words } = call;
      const fewer = FLAGS.filter(({ value }) => value > 0xffn && (flags & value) !== 0n).map(({ name, value }) => ({
        call: { ...call, flags: flags & ~value },
        without: name,
      }));
      const zeroed = (['stack', 'parent_tid', 'child_tid', 'tls'] as const)
        .filter((field) => words[field] !== 0n)
        .map((field) => ({ call: { ...call, [field]: 0n }, without: field }));
      return [
        ...fewer,
        ...zeroed,
        ...(takesSignal(flags)
          ? plainSignals(flags & 0xffn, (signal) => ({ ...call, flags: (flags & ~0xffn) | signal }))
          : []),
      ];
    }
    case 'clone3': {
      const { args } = call;
      const fewer = FLAGS.filter(({ value }) => (args.flags & value) !== 0n).map(({ name, value }) => ({
        call: { ...call, args: { ...args, flags: args.flags & ~value } },
        without: name,
      }));
      const zeroed = (['pidfd', 'parent_tid', 'child_tid', 'tls', 'cgroup'] as const)
        .filter((field) => args[field] !== 0n)
        .map((field) => ({ call: { ...call, args: { ...args, [field]: 0n } }, without: field }));
      const unasked =
        args.set_tid_size === 0n
          ? []
          : [{ call: { ...call, args: { ...args, set_tid: 0n, set_tid_size: 0n }, tids: [] }, without: 'set_tid' }];
      const signals = takesSignal(args.flags)
        ? plainSignals(args.exit_signal, (exit_signal) => ({ ...call, args: { ...args, exit_signal } }))
        : [];
      return [...asClone(call), ...fewer, ...zeroed, ...unasked, ...signals];
    }
  }
}

/** Threads and siblings send no signal of their own. */
function takesSignal(flags: bigint): boolean {
  const CLONE_PARENT_OR_THREAD = 0x1_8000n;
  return (flags & CLONE_PARENT_OR_THREAD) === 0n;
}

function plainSignals(signal: bigint, change: (signal: bigint) => SimplerCall['call']): readonly SimplerCall[] {
  if (signal === SIGCHLD) return [];
  const least = signal === 0n ? [] : [{ call: change(0n), without: 'the exit signal' }];
  return [{ call: change(SIGCHLD), without: 'another exit signal than SIGCHLD' }, ...least];
}

/** The older call, where it can say the same. */
function asClone(call: Extract<Call, { call: 'clone3' }>): readonly SimplerCall[] {
  const { args } = call;
  const { flags, exit_signal, parent_tid, child_tid, tls, ...rest } = args;
  const zero = Object.entries(rest).every(([field, value]) => value === NO_ARGS[field as keyof typeof rest]);
  const BELOW = 0xffff_ff00n;
  if (!zero || (flags & ~BELOW) !== 0n || exit_signal > 0xffn || call.uargs !== undefined) return [];
  return [{ call: clone(flags | exit_signal, { parent_tid, child_tid, tls }), without: 'clone3' }];
}

/** Values that tell nothing: towards the smallest that is not the one that memory begins with. */
function simplerValues(step: Step): readonly SimplerStep[] {
  const changed = (simpler: Step): readonly SimplerStep[] => [
    { step: simpler, without: `${formatStep(step)} and not ${formatStep(simpler).replace(/^\d+: /, '')}` },
  ];
  switch (step.op) {
    case 'exit':
      return step.status === 0 ? [] : changed({ ...step, status: 0 });
    case 'exit_group':
      return changed({ ...step, op: 'exit' });
    case 'write':
    case 'poke':
      return step.value === 1 ? [] : changed({ ...step, value: 1 });
    case 'wait':
      return step.options === 0 || step.options === 1 ? [] : changed({ ...step, options: step.options & 1 });
    default:
      return [];
  }
}

/** Tasks are numbered in the order in which they are made. */
export function renumbered({ caller, steps }: Scenario): Scenario {
  const numbers = new Map([[0, 0]]);
  for (const step of steps) if (step.op === 'clone') numbers.set(step.child, numbers.size);
  const of = (task: number): number => numbers.get(task) ?? task;
  return {
    caller,
    steps: steps.map((step): Step => {
      const performed = { ...step, task: of(step.task) };
      if (performed.op === 'clone') return { ...performed, child: of(performed.child) };
      if (performed.op === 'kcmp') return { ...performed, a: of(performed.a), b: of(performed.b) };
      if ('who' in performed && performed.who !== 'any') return { ...performed, who: of(performed.who) };
      return performed;
    }),
  };
}
