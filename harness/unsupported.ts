import { FLAGS, InputError, type Call } from '../spec/index.js';
import { ERROR_CLAUSES } from '../spec/index.js';
import type { Environment } from './environment.js';
import type { Judgement } from './judge.js';

/** What a port says that it does not have: `clone3`, a flag's name, or a clause's id. */
export type Unsupported = readonly string[];

/**
 * Says whether it is something that a port can declare.
 *
 * @throws InputError where it is neither
 */
export function requireUnsupported(name: string): string {
  const known = [...FLAGS.map((flag) => flag.name), ...ERROR_CLAUSES.clauses.map(({ id }) => id)];
  if (name === 'clone3' || known.includes(name) || name.startsWith('effects/')) return name;
  throw new InputError(
    `${name} is nothing that a target can lack`,
    'a flag such as CLONE_PIDFD, clone3, or the id of a clause',
  );
}

/** An environment in which calls that the port declares unsupported are not judged. */
export function withoutUnsupported(environment: Environment, unsupported: Unsupported): Environment {
  if (unsupported.length === 0) return environment;
  const flags = FLAGS.filter(({ name }) => unsupported.includes(name));
  const declared = (call: Call): string | undefined => {
    if (call.call === 'clone3' && unsupported.includes('clone3')) return declaredWords('clone3');
    const flag = flags.find(
      ({ value, calls }) => calls.some((each) => each === call.call) && (flagsOf(call) & value) !== 0n,
    );
    return flag === undefined ? undefined : declaredWords(flag.name);
  };
  return {
    ...environment,
    forbids: (call) => environment.forbids(call) ?? declared(call),
    lacks: (call) => environment.lacks(call) ?? declared(call),
  };
}

/** A difference by a clause that the port declares unsupported is not judged. */
export function unlessDeclared(judgement: Judgement, unsupported: Unsupported): Judgement {
  const why = judgement.verdict === 'fail' ? whyDeclared(judgement.clause, unsupported) : undefined;
  return why === undefined ? judgement : { verdict: 'blocked', why };
}

/** Why a difference by a clause is not judged; undefined where the port declares nothing of it. */
export function whyDeclared(clause: string, unsupported: Unsupported): string | undefined {
  return unsupported.includes(clause) ? declaredWords(clause) : undefined;
}

function declaredWords(what: string): string {
  return `the target declares ${what} unsupported`;
}

function flagsOf(call: Call): bigint {
  if (call.call === 'clone') return call.flags & 0xffff_ff00n;
  return call.call === 'clone3' ? call.args.flags : 0n;
}
