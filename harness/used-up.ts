import { predict, type Caller, type CallerFacts, type KernelFacts } from '../spec/index.js';
import type { Observation } from './case.js';
import type { BatchResult, Performer } from './session.js';
import type { CaseRequest } from './wire.js';

/** How the kernel says that there are no more processes, no more memory, or no more descriptors. */
const USED_UP: readonly string[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

/**
 * A session whose surroundings may run out of processes, memory or descriptors in the midst of it. A call that gets EAGAIN, ENOMEM, EMFILE or ENFILE
 * against the prediction says nothing where a plain fork() by the same caller, made right after it, is refused so too, or where that caller had room for a
 * descriptor and has none any more: such a case is lost, with that as its cause.
 */
export function unlessUsedUp(session: Performer, kernel: KernelFacts): Performer {
  return {
    run: async (caller, requests) => {
      const result = await session.run(caller, requests);
      const { facts, observations } = result;
      if (facts === undefined) return result;
      const doubtful = requests.map((request, index) =>
        isDoubtful({ kernel, caller: facts }, request, observations[index]),
      );
      if (!doubtful.includes(true)) return result;
      const why = await whyUsedUp(session, kernel, caller, facts);
      if (why === undefined) return result;
      return {
        ...result,
        observations: observations.map((each, index) => (doubtful[index] === true ? lost(why) : each)),
      };
    },
  };
}

const lost = (why: string): Observation => ({ kind: 'lost', why });

interface Whole {
  readonly kernel: KernelFacts;
  readonly caller: CallerFacts;
}

function isDoubtful(facts: Whole, request: CaseRequest, observation: Observation | undefined): boolean {
  if (request.call === 'scenario')
    return (
      observation?.kind === 'steps' &&
      observation.steps.some((step) => step.kind === 'failed' && USED_UP.includes(step.errno))
    );
  return observation?.kind === 'refused' && isUnexpected(facts, request, observation.errno);
}

function isUnexpected(facts: Whole, call: Parameters<typeof predict>[1], errno: string): boolean {
  return USED_UP.includes(errno) && !predict(facts, call, { order: 'any' }).allowed.includes(errno);
}

/** Undefined where the caller can make a child and has what it had, or where Linux would not let it either. */
async function whyUsedUp(
  session: Performer,
  kernel: KernelFacts,
  caller: Caller,
  before: CallerFacts,
): Promise<string | undefined> {
  const { facts, blocked, observations }: BatchResult = await session.run(caller, [{ call: 'fork' }], true);
  const [fork] = observations;
  if (fork?.kind === 'lost') return `processes or memory are used up: of fork() it is said that ${fork.why}`;
  if (facts === undefined)
    return `the caller, which could be made before, cannot be made any more: ${blocked ?? 'no answer'}`;
  if (before.fd_room && !facts.fd_room)
    return 'descriptors are used up: the caller had room for one before, and has none now';
  if (fork?.kind === 'refused' && isUnexpected({ kernel, caller: facts }, { call: 'fork' }, fork.errno))
    return `processes or memory are used up: fork() gets ${fork.errno} too`;
  return undefined;
}
