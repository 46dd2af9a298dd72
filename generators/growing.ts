import { startKernel, type Facts, type NsKind, type Step } from '../spec/index.js';
import type { Draw } from './scenarios.js';

/** Tasks whose TIDs a step passes on. */
function namedBy(step: Step): readonly number[] {
  if (step.op === 'kcmp') return [step.a, step.b];
  return 'who' in step && step.who !== 'any' ? [step.who] : [];
}

/** A schedule that grows with the kernel in miniature beside it, which knows who is there and awake. */
export class Growth {
  readonly steps: Step[] = [];
  /** Tasks made so far, the first among them. */
  taskCount = 1;
  private readonly kernel;
  private current = 0;
  private kind: NsKind | undefined;

  constructor(facts: Facts) {
    this.kernel = startKernel(facts);
  }

  /** The task that performs next has a UTS namespace that the scenario made: only there the host name may be set. */
  get ownUts(): boolean {
    return this.kernel.hasOwnUts(this.current);
  }

  pickTask(draw: Draw): number | undefined {
    const awake = this.kernel.awake();
    const picked = awake[draw(Math.max(1, awake.length))];
    if (picked !== undefined) this.current = picked;
    return picked;
  }

  isAsleep(task: number): boolean {
    return this.kernel.isAsleep(task);
  }

  anyTask(draw: Draw): number {
    return draw(this.taskCount);
  }

  /** One scenario looks at one kind of namespace again and again, or nothing is compared. */
  topicKind(candidate: NsKind): NsKind {
    return (this.kind ??= candidate);
  }

  perform(step: Step): void {
    // Numbers name tasks within one pid namespace; in another they would name somebody else.
    const named = namedBy(step);
    if (named.some((who) => !this.kernel.sees(step.task, who)) || this.kernel.fog !== undefined) return;
    this.steps.push(step);
    if (step.op === 'clone') this.taskCount++;
    this.kernel.perform(step);
  }
}
