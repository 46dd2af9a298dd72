import {
  formatCall,
  simulate,
  type Call,
  type Caller,
  type Clause,
  type Facts,
  type KernelFacts,
  type Scenario,
  type StepResult,
} from '../spec/index.js';
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
    const missing = facts === undefined ? undefined : this.missing(facts, scenario, judgement);
    if (missing !== undefined) return differsAs(missing);
    if (this.known.length === 0) return undefined;
    for (const wrong of wrongClones(scenario, judgement, facts)) {
      const clause = await this.knownAlone(scenario.caller, wrong);
      if (clause !== undefined) return differsAs(clause);
    }
    return undefined;
  }

  /** The clause of a known finding that the call shows alone too. */
  private async knownAlone(by: Caller, { call, expected, observed }: WrongClone): Promise<string | undefined> {
    const outcome = observed.kind === 'failed' ? observed.errno : observed.kind === 'returned' ? 'success' : undefined;
    if (outcome === undefined) return undefined;
    for (const caller of [by, SELF]) {
      const alone = await this.alone({ caller, call });
      if (alone?.verdict !== 'fail') continue;
      // Without the rule another one may answer in the scenario, where the call alone succeeds.
      const isAbsent = expected.kind === 'failed' && (alone.kind === 'missing' || alone.kind === 'accepted');
      if (alone.observed !== outcome && !isAbsent) continue;
      const finding = isKnown(this.known, call, outcome) ?? this.known.find(({ clause }) => clause === alone.clause);
      if (finding !== undefined) return finding.clause;
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
    const until = wokenAt(mismatch.observed);
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

/** A clone of a scenario that gets another answer than it should. */
interface WrongClone {
  readonly call: Call;
  readonly expected: StepResult;
  readonly observed: StepResult;
}

/** The clone at which the scenario differs, or those for which somebody slept too long or not long enough. */
function wrongClones(
  scenario: Scenario,
  { mismatch, observed }: ScenarioFailure['judgement'],
  facts: Facts | undefined,
): readonly WrongClone[] {
  const { steps } = scenario;
  const first = steps[mismatch.step];
  if (first?.op === 'clone') return [{ call: first.call, expected: mismatch.expected, observed: mismatch.observed }];
  const until = Math.max(wokenAt(mismatch.expected), wokenAt(mismatch.observed));
  if (facts === undefined || until === 0) return [];
  const { results } = simulate(facts, scenario);
  return steps.slice(0, until).flatMap((step, index) => {
    const [expected, answer] = [results[index], observed[index]];
    if (index <= mismatch.step || step.op !== 'clone' || !isAnswer(expected) || !isAnswer(answer)) return [];
    return outcomeOf(expected) === outcomeOf(answer) ? [] : [{ call: step.call, expected, observed: answer }];
  });
}

/** The step before which a step that slept had returned; 0 where it did not sleep. */
function wokenAt(result: StepResult): number {
  if (result.kind === 'blocked') return Infinity;
  return 'blocked' in result ? (result.blocked ?? 0) : 0;
}

type Answer = StepResult & { readonly kind: 'returned' | 'failed' };

function isAnswer(result: StepResult | undefined): result is Answer {
  return result?.kind === 'returned' || result?.kind === 'failed';
}

function outcomeOf(answer: Answer): string {
  return answer.kind === 'failed' ? answer.errno : 'success';
}

function isWith(errno: string): (clause: Clause) => boolean {
  return (clause) => clause.errno === errno;
}

function differsAs(clause: string): string {
  return `a clone of the scenario differs as ${clause} says`;
}
