import { formatCall, simulate, type Clause, type Facts, type KernelFacts, type Scenario } from '../spec/index.js';
import type { Environment } from './environment.js';
import { SELF } from './features.js';
import { isKnown, judgeCases, type Finding } from './findings.js';
import type { Judgement } from './judge.js';
import type { ScenarioFailure } from './scenario-run.js';
import type { Performer } from './session.js';

/**
 * Says why scenarios say nothing of effects: the call at which they differ gets the same wrong answer where the caller, or a plain one,
 * makes it alone, and that is a finding already. A call that is answered wrongly in the scenario only is no such thing.
 */
export class KnownCalls {
  private readonly judged = new Map<string, Promise<Judgement | undefined>>();

  constructor(
    private readonly known: readonly Finding[],
    private readonly session: Performer,
    private readonly kernel: KernelFacts,
    private readonly environment: Environment,
  ) {}

  /** The reason; undefined where there is none. */
  async why({ scenario, judgement, facts }: ScenarioFailure): Promise<string | undefined> {
    const { step, expected, observed } = judgement.mismatch;
    const missing = facts === undefined ? undefined : this.missing(facts, scenario, judgement);
    if (missing !== undefined) return differsAs(missing);
    const clone = scenario.steps[step];
    if (clone?.op !== 'clone' || this.known.length === 0) return undefined;
    const outcome = observed.kind === 'failed' ? observed.errno : observed.kind === 'returned' ? 'success' : undefined;
    if (outcome === undefined) return undefined;
    for (const caller of [scenario.caller, SELF]) {
      const alone = await this.alone({ caller, call: clone.call });
      if (alone?.verdict !== 'fail') continue;
      // Without the rule another one may answer in the scenario, where the call alone succeeds.
      const isAbsent = expected.kind === 'failed' && (alone.kind === 'missing' || alone.kind === 'accepted');
      if (alone.observed !== outcome && !isAbsent) continue;
      const finding =
        isKnown(this.known, clone.call, outcome) ?? this.known.find(({ clause }) => clause === alone.clause);
      if (finding !== undefined) return differsAs(finding.clause);
    }
    return undefined;
  }

  /**
   * The rule that should refuse a clone, where it is known not to be there and what is left of the rules answers as was observed; a caller
   * alone may never come to it. What differs before that clone is its doing only where somebody slept until after it.
   */
  private missing(facts: Facts, scenario: Scenario, judgement: ScenarioFailure['judgement']): string | undefined {
    const { mismatch, observed } = judgement;
    const isMissing = (id: string): boolean =>
      this.known.some(({ clause, kind }) => clause === id && (kind === 'missing' || kind === 'accepted'));
    const until = 'blocked' in mismatch.observed ? (mismatch.observed.blocked ?? 0) : 0;
    for (const [step, refusals] of simulate(facts, scenario).refusedBy) {
      const missing = refusals.find(({ id }) => isMissing(id));
      const left = refusals.filter(({ id }) => !isMissing(id));
      const answer = observed[step];
      const isLefts =
        left.length === 0
          ? answer?.kind === 'returned'
          : answer?.kind === 'failed' && answer.errno !== refusals[0]?.errno && left.some(isWith(answer.errno));
      if (missing !== undefined && isLefts && (step <= mismatch.step || step < until)) return missing.id;
    }
    return undefined;
  }

  private alone(subject: Parameters<typeof judgeCases>[0][number]): Promise<Judgement | undefined> {
    const key = `${subject.caller.attributes.join(' ')}: ${formatCall(subject.call)}`;
    const { session, kernel, environment } = this;
    const judged =
      this.judged.get(key) ??
      judgeCases([subject], session, kernel, environment, { order: 'strict', level: 'linux' }).then(([first]) => first);
    this.judged.set(key, judged);
    return judged;
  }
}

function isWith(errno: string): (clause: Clause) => boolean {
  return (clause) => clause.errno === errno;
}

function differsAs(clause: string): string {
  return `a clone of the scenario differs as ${clause} says`;
}
