import { formatStep, type Facts, type Mismatch, type Scenario, type Step, type StepResult } from '../spec/index.js';
import { UNEXPLAINED, judgeScenario } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import { factsThen, type ScenarioFailure } from './scenario-run.js';
import type { Performer } from './session.js';

/**
 * Why a difference is none of clone's: a single task that does the same, without any other being made, shows the same. Undefined where
 * it does not, or where that cannot be tried; then the difference is clone's until somebody shows otherwise.
 */
export async function whyNotClones(
  { scenario, judgement: { mismatch } }: ScenarioFailure,
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
): Promise<string | undefined> {
  const facts = await factsOf(scenario);
  const step = scenario.steps[mismatch.step];
  if (facts === undefined || step === undefined) return undefined;
  for (const alone of aloneVersions(scenario, mismatch)) {
    if (!isSafe(facts, alone)) continue;
    const result = await session.run(alone.caller, [{ call: 'scenario', steps: alone.steps }]);
    const [observation] = result.observations;
    if (observation === undefined) continue;
    const judgement = judgeScenario(factsThen(facts, result), alone, observation, () => false);
    if (judgement.verdict !== 'fail' || judgement.mismatch.step !== alone.steps.length - 1) continue;
    if (isSame(judgement.mismatch, mismatch)) return `${bare(step)} differs on the target without any clone`;
  }
  return undefined;
}

/** What the task that shows the difference and those that it comes from did, and what all did, up to the difference, by one task. */
function aloneVersions({ caller, steps }: Scenario, { step: at }: Mismatch): readonly Scenario[] {
  const last = steps[at];
  if (last === undefined || !isOneTasks(last)) return [];
  const before = steps.slice(0, at);
  const lineage = lineageOf(before, last.task);
  const own = before.filter(({ task }, index) => index < (lineage.get(task) ?? -1));
  const versions = [own, before].map((chosen) =>
    [...chosen.filter(isOneTasks).filter(({ op }) => !ENDS.has(op)), last].map(asTaskZero),
  );
  return versions.map((alone) => ({ caller, steps: alone }));
}

const ENDS: ReadonlySet<string> = new Set(['exit', 'exit_group', 'execve']);

function asTaskZero(step: Step): Step {
  if (step.op === 'kcmp') return { ...step, task: 0, a: 0, b: 0 };
  return 'who' in step ? { ...step, task: 0, who: 0 } : { ...step, task: 0 };
}

/** The step makes no task, and is about none but the one that performs it, or can be: a task can be compared with itself. */
function isOneTasks(step: Step): boolean {
  if (step.op === 'clone' || step.op === 'tracer') return false;
  // A task has a namespace that it may enter, too.
  if ('who' in step && step.who !== step.task && step.op !== 'setns') return false;
  return !step.op.startsWith('ptrace') && !step.op.includes('pidfd');
}

/** A task and those that it comes from, each with the index of the first step that the next one did not inherit. */
function lineageOf(steps: readonly Step[], task: number): ReadonlyMap<number, number> {
  const until = new Map([[task, steps.length]]);
  for (let child = task; child !== 0;) {
    const index = steps.findIndex((step) => step.op === 'clone' && step.child === child);
    const clone = steps[index];
    if (clone === undefined || until.has(clone.task)) break;
    until.set(clone.task, index);
    child = clone.task;
  }
  return until;
}

/** The same answer, or, where only the target knows the number, an answer of the same kind. */
function isSame(one: Mismatch, another: Mismatch): boolean {
  const anyNumber = one.expected.kind === 'returned' && typeof one.expected.value !== 'number';
  return textOf(one.observed, anyNumber) === textOf(another.observed, anyNumber);
}

function textOf(result: StepResult, anyNumber: boolean): string {
  if (result.kind === 'failed') return `failed ${result.errno}`;
  if (result.kind === 'returned') return `returned ${anyNumber ? '' : JSON.stringify(result.value)}`;
  return result.kind;
}

/** `sched_set()`, `ns(uts)`. */
function bare(step: Step): string {
  return formatStep(step)
    .replace(/^\d+: /, '')
    .replace(/\(.*/, step.op === 'ns' ? `(${step.kind})` : '()');
}

/**
 * A failure that no effect explains, without what comes after its difference: that may differ for reasons of its own, and then nothing
 * explains all of it. As it was where the difference does not show without what follows.
 */
export async function toTheDifference(
  failure: ScenarioFailure,
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
): Promise<ScenarioFailure> {
  const { scenario, judgement } = failure;
  const { step } = judgement.mismatch;
  const facts = await factsOf(scenario);
  if (judgement.clause !== UNEXPLAINED || step === scenario.steps.length - 1 || facts === undefined) return failure;
  const shorter = { ...scenario, steps: scenario.steps.slice(0, step + 1) };
  const result = await session.run(shorter.caller, [{ call: 'scenario', steps: shorter.steps }]);
  const then = factsThen(facts, result);
  const again = judgeScenario(then, shorter, result.observations[0] ?? { kind: 'lost', why: 'no answer' });
  return again.verdict === 'fail' && again.mismatch.step === step
    ? { scenario: shorter, judgement: again, facts: then }
    : failure;
}
