import { FLAGS, clone, formatCall, type Call, type Caller } from '../spec/index.js';
import type { Case, Observation } from './case.js';
import { PARTS, flagsOf, shapeOf, withFlag } from './hang-parts.js';
import { lostInWords } from './lost.js';
import { simpler } from './reduce.js';
import type { Performer } from './session.js';
import type { CaseRequest } from './wire.js';

const NOT_BACK = lostInWords('timeout');
/** Every kernel answers it at once, and makes nothing. */
const CONTROL: Call = clone(FLAGS.find(({ name }) => name === 'CLONE_THREAD')?.value ?? 0n);
/** So many are learned; from more the target is not spared. */
const MOST_HANGS = 40;

/** A call from which a target does not come back, as small as it could be made. */
interface Hang extends Case {
  /** Flags with which it does: they are refused before. */
  readonly escapes: bigint;
  /** Arguments that matter: with another one it comes back. */
  readonly matters: ReadonlySet<string>;
}

/**
 * The calls from which a target does not come back, as far as its probes have found out. One that is known is not made again, however much is
 * asked for besides: each would cost the limit of a case, and none could be judged.
 */
export class Hangs {
  private readonly known: Hang[] = [];
  private learning: Promise<void> = Promise.resolve();

  /** Why a case is not run; undefined where nothing is known against it. */
  whyNot(caller: Caller, request: CaseRequest): string | undefined {
    if (this.known.length === 0) return undefined;
    const calls = request.call === 'scenario' ? request.steps.flatMap(callOf) : [request];
    for (const call of calls) {
      const hang = this.known.find((known) => holdsHang({ caller, call }, known));
      if (hang !== undefined) {
        return `the target does not come back from ${formatCall(hang.call)}, which it holds`;
      }
    }
    return undefined;
  }

  /** Finds out whether a call that was lost to the limit is so again, and what of it is to blame. */
  async learn(session: Performer, subject: Case): Promise<void> {
    this.learning = this.learning.then(() => this.look(session, subject));
    await this.learning;
  }

  private async look(session: Performer, subject: Case): Promise<void> {
    const isNew = ({ caller, call }: Case): boolean => this.whyNot(caller, call) === undefined;
    const smallest = async (from: Case): Promise<Case> => {
      for (const { subject: less } of simpler(from)) {
        if (isNew(less) && (await hangs(session, less, 1))) return smallest(less);
      }
      return from;
    };
    if (!isNew(subject) || !(await hangs(session, subject, 2))) return;
    // What the smallest part says of others may not reach back to where it comes from.
    while (isNew(subject) && this.known.length < MOST_HANGS) {
      const smaller = await smallest(subject);
      const core = (await hangs(session, smaller, 2)) ? smaller : subject;
      this.known.push({ ...core, ...(await withOthers(session, core)) });
    }
  }
}

/**
 * A session whose target may not come back from some calls. What holds such a call is lost, with that as its cause, and not made where it is
 * known before.
 *
 * @param hangs - what is known of the target, shared by all its sessions
 */
export function unlessHung(session: Performer, hangs: Hangs): Performer {
  return {
    run: async (caller, requests, anew) => {
      const spared = requests.map((request) => hangs.whyNot(caller, request));
      const isMade = (_: unknown, index: number): boolean => spared[index] === undefined;
      const made = requests.filter(isMade);
      const result = await session.run(caller, made, anew);
      const told = result.observations.some(isHung)
        ? await Promise.all(
            result.observations.map((each, index) => whoseFault(session, hangs, caller, made[index], each)),
          )
        : result.observations;
      if (made.length === requests.length) return { ...result, observations: told };
      const answers = told.values();
      const observations = spared.map((why): Observation =>
        why === undefined ? (answers.next().value ?? lost('no answer')) : lost(why),
      );
      return { ...result, observations };
    },
  };
}

const lost = (why: string): Observation => ({ kind: 'lost', why });
const isHung = (each: Observation): boolean => each.kind === 'lost' && each.why === NOT_BACK;

/** The observation, where it was lost to the limit with the call that is to blame. */
async function whoseFault(
  session: Performer,
  hangs: Hangs,
  caller: Caller,
  request: CaseRequest | undefined,
  observation: Observation,
): Promise<Observation> {
  if (!isHung(observation) || request === undefined || request.call === 'scenario') return observation;
  await hangs.learn(session, { caller, call: request });
  const why = hangs.whyNot(caller, request);
  return why === undefined ? observation : lost(why);
}

/** So often in a row, while a call that is refused comes back. */
async function hangs(session: Performer, { caller, call }: Case, times: number): Promise<boolean> {
  const calls = Array.from({ length: times }, () => [call, CONTROL]).flat();
  const { observations } = await session.run(caller, calls);
  const isBack = ({ kind }: Observation): boolean => kind === 'refused' || kind === 'child';
  return calls.every((made, index) => {
    const observation = observations[index] ?? lost('no answer');
    return made === CONTROL ? isBack(observation) : isHung(observation);
  });
}

/** What a call that hangs does with each flag more, and with each argument another. */
async function withOthers(
  session: Performer,
  { caller, call }: Case,
): Promise<{ readonly escapes: bigint; readonly matters: ReadonlySet<string> }> {
  const more = FLAGS.flatMap(({ value }) => {
    const other = withFlag(call, value);
    return other === undefined ? [] : [{ value, other }];
  });
  const changed = PARTS.flatMap(({ name, change }) => {
    const other = change(call);
    return other === undefined ? [] : [{ name, other }];
  });
  const { observations } = await session.run(
    caller,
    [...more, ...changed].map(({ other }) => other),
  );
  const isBack = (index: number): boolean => {
    const { kind } = observations[index] ?? lost('no answer');
    return kind === 'refused' || kind === 'child';
  };
  return {
    escapes: more.filter((_, index) => isBack(index)).reduce((mask, { value }) => mask | value, 0n),
    matters: new Set(changed.filter((_, index) => isBack(more.length + index)).map(({ name }) => name)),
  };
}

/** The case holds the flags of the call that hangs, none that is refused before, and the arguments that matter. */
function holdsHang({ caller, call }: Case, hang: Hang): boolean {
  const [flags, inner] = [flagsOf(call), flagsOf(hang.call)];
  return (
    hang.caller.attributes.every((attribute) => caller.attributes.includes(attribute)) &&
    (inner & ~flags) === 0n &&
    (flags & hang.escapes) === 0n &&
    shapeOf(call) === shapeOf(hang.call) &&
    PARTS.every(({ name, kind }) => !hang.matters.has(name) || kind(call) === kind(hang.call))
  );
}

function callOf(step: Extract<CaseRequest, { call: 'scenario' }>['steps'][number]): readonly Call[] {
  return step.op === 'clone' ? [step.call] : [];
}
