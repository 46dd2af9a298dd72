import { startKernel, type Facts, type NsKind, type Step } from '../spec/index.js';
import type { Draw } from './scenarios.js';

/** A schedule that grows with the kernel in miniature beside it, which knows who is there and awake. */
export interface Growth {
  readonly steps: readonly Step[];
  /** Tasks made so far, the first among them. */
  readonly taskCount: number;
  /** The task that performs next has a UTS namespace that the scenario made: only there the host name may be set. */
  readonly ownUts: boolean;
  readonly pickTask: (draw: Draw) => number | undefined;
  readonly isAsleep: (task: number) => boolean;
  readonly anyTask: (draw: Draw) => number;
  readonly topicKind: (kind: NsKind) => NsKind;
  readonly perform: (step: Step) => void;
}

/** Tasks whose TIDs a step passes on. */
function namedBy(step: Step): readonly number[] {
  if (step.op === 'kcmp') return [step.a, step.b];
  return 'who' in step && step.who !== 'any' ? [step.who] : [];
}

/** Begins a schedule. */
export function growing(facts: Facts): Growth {
  const kernel = startKernel(facts);
  const steps: Step[] = [];
  let count = 1;
  let current = 0;
  let kind: NsKind | undefined;
  return {
    steps,
    get taskCount() {
      return count;
    },
    get ownUts() {
      return kernel.hasOwnUts(current);
    },
    pickTask: (draw) => {
      const awake = kernel.awake();
      const picked = awake[draw(Math.max(1, awake.length))];
      if (picked !== undefined) current = picked;
      return picked;
    },
    isAsleep: (task) => kernel.isAsleep(task),
    anyTask: (draw) => draw(count),
    // One scenario looks at one kind of namespace again and again, or nothing is compared.
    topicKind: (candidate) => (kind ??= candidate),
    perform: (step) => {
      // Numbers name tasks within one pid namespace; in another they would name somebody else.
      const named = namedBy(step);
      if (named.some((who) => !kernel.sees(step.task, who)) || kernel.fog !== undefined) return;
      steps.push(step);
      if (step.op === 'clone') count++;
      kernel.perform(step);
    },
  };
}
