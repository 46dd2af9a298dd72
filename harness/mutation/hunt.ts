import {
  SPECIFICATION,
  brokenSpecification,
  predict,
  screen,
  type Call,
  type Caller,
  type Facts,
  type Mutant,
  type Specification,
} from '../../spec/index.js';
import type { Case, Observation } from '../case.js';
import { judgeOne } from '../findings.js';
import type { Judgement } from '../judge.js';
import type { JudgeOptions } from '../judge-case.js';
import type { Shown } from '../minimise.js';
import { reduce } from '../reduce.js';
import { callLine } from '../wire.js';
import type { Subject, World } from './world.js';

/** A case that tells a mutant from the kernel. */
export interface Caught {
  /** How many cases it took, this one among them. */
  readonly cases: number;
  /** The case, with nothing in it that it does not need. */
  readonly minimal: Case;
  /** What the kernel answered. */
  readonly observed: string;
}

const strict = (specification: Specification): JudgeOptions => ({ order: 'strict', level: 'linux', specification });

/** The first case of the run that a broken model predicts otherwise than the kernel answered. */
export function firstCaught(world: World, mutant: Mutant): Subject | undefined {
  const mayDiffer = screen(mutant);
  const options = strict(brokenSpecification(SPECIFICATION, mutant));
  return world.subjects.find(
    (subject) =>
      mayDiffer(subject) &&
      judgeOne(subject.facts, subject, subject.observation, world.environment, options).verdict === 'fail',
  );
}

/** Cases of the run in which the kernel does not do what the whole model says: there the model is wrong, or the kernel. */
export function ownDifferences(world: World): readonly Subject[] {
  const options = strict(SPECIFICATION);
  return world.subjects.filter(
    ({ facts, observation, ...subject }) =>
      judgeOne(facts, subject, observation, world.environment, options).verdict === 'fail',
  );
}

/** Asks a kernel each thing once, whichever mutant wants to know it. */
export class Answers {
  private readonly known = new Map<string, Promise<Observation | undefined>>();
  private readonly facts = new Map<string, Promise<Facts | undefined>>();

  constructor(private readonly world: World) {
    for (const { who, facts } of world.callers) this.facts.set(who.attributes.join(' '), Promise.resolve(facts));
  }

  /** What the caller is; undefined where it cannot be made. */
  factsOf(caller: Caller): Promise<Facts | undefined> {
    const { environment, runner, kernel } = this.world;
    const key = caller.attributes.join(' ');
    const asked =
      this.facts.get(key) ??
      (environment.forbidsCaller(caller) === undefined
        ? runner.run(caller, []).then(({ facts }) => facts && { kernel, caller: facts })
        : Promise.resolve(undefined));
    this.facts.set(key, asked);
    return asked;
  }

  /** What the kernel answers. */
  to({ caller, call }: Case): Promise<Observation | undefined> {
    const key = `${caller.attributes.join(' ')}: ${callLine('', call)}`;
    const asked =
      this.known.get(key) ?? this.world.runner.run(caller, [call]).then(({ observations }) => observations[0]);
    this.known.set(key, asked);
    return asked;
  }
}

/**
 * Reduces a case that tells a mutant apart. Where the model and the mutant predict alike the kernel need not be asked; where they do
 * not, its answer decides.
 */
export async function leastCase(world: World, mutant: Mutant, subject: Subject, answers: Answers): Promise<Caught> {
  const specification = brokenSpecification(SPECIFICATION, mutant);
  const options = strict(specification);
  const judged = async (candidate: Case): Promise<Judgement | undefined> => {
    const [facts, observation] = await Promise.all([answers.factsOf(candidate.caller), answers.to(candidate)]);
    return facts && observation && judgeOne(facts, candidate, observation, world.environment, options);
  };
  const shows = (candidates: readonly Case[]): Promise<readonly Shown<undefined>[]> =>
    Promise.all(
      candidates.map(async (candidate): Promise<Shown<undefined>> =>
        (await judged(candidate))?.verdict === 'fail'
          ? { kind: 'same', seen: undefined }
          : { kind: 'no', why: 'without it the kernel answers as the mutant does' },
      ),
    );
  const whyNot = async ({ caller, call }: Case): Promise<string | undefined> => {
    const facts = await answers.factsOf(caller);
    if (facts === undefined) return 'without it the caller cannot be made';
    return isAlike(facts, call, specification) ? 'without it the model and the mutant say the same' : undefined;
  };
  const { minimal } = await reduce({ caller: subject.caller, call: subject.call }, shows, { whyNot });
  const observation = await answers.to(minimal);
  return { cases: subject.number, minimal, observed: answerOf(observation) };
}

function isAlike(facts: Facts, call: Call, specification: Specification): boolean {
  const { allowed } = predict(facts, call, { specification });
  return predict(facts, call).allowed.every((outcome) => allowed.includes(outcome));
}

function answerOf(observation: Observation | undefined): string {
  return observation?.kind === 'refused' ? observation.errno : observation?.kind === 'child' ? 'success' : 'no answer';
}
