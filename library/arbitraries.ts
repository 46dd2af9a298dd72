import type fc from 'fast-check';
import {
  calls as callsOf,
  callers as anyCaller,
  flagSets,
  scenarios as scenariosOf,
  type CallOptions,
} from '../generators/index.js';
import { InputError, formatStep, type Call, type Caller } from '../spec/index.js';
import { callerOf, facts, type FactsOptions } from './facts.js';

/**
 * Words of flags that go where rules begin and end: small sets, which isolate rules; the sets of idioms such as pthread_create with bits
 * added and taken away; now and then any word at all.
 *
 * @param call - which call they are for: `clone` takes 32 bits, the lowest eight of which are the exit signal and stay zero
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { flags, formatFlags } from 'clonecheck';
 *
 * for (const word of fc.sample(flags('clone3'), { seed: 1, numRuns: 3 })) console.log(formatFlags(word, false) !== '');
 * // true
 * // true
 * // true
 * ```
 *
 * @public
 */
export function flags(call: 'clone' | 'clone3' = 'clone3'): fc.Arbitrary<bigint> {
  return flagSets(call);
}

/**
 * Calls that go where rules begin and end: each rule held by its own bits alone, with bits added, with a bit taken away; two and three
 * rules broken together; idioms perturbed; free flags and boundary arguments. Plain data; the same seed gives the same calls.
 *
 * @param options - for whom
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { calls, facts, predict } from 'clonecheck';
 *
 * const linux = facts({ kernel: '6.12' });
 * fc.assert(fc.property(calls(), (call) => predict(linux, call).allowed.length > 0));
 * ```
 *
 * @public
 */
export function calls(options: CallOptions = {}): fc.Arbitrary<Call> {
  return callsOf(options);
}

/**
 * Callers: the named ones of the specification, and now and then several of their states at once.
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { callers } from 'clonecheck';
 *
 * fc.assert(fc.property(callers(), ({ name }) => name !== ''));
 * ```
 *
 * @public
 */
export function callers(): fc.Arbitrary<Caller> {
  return anyCaller();
}

/**
 * A schedule of steps by several tasks, begun by a caller as task 0: plain text, as reports print it and case files hold it.
 *
 * @public
 */
export interface Scenario {
  readonly caller: Caller;
  /** Such as `0: clone(CLONE_FILES|SIGCHLD) → task 1` and `1: close(20)`. */
  readonly steps: readonly string[];
}

/**
 * What scenarios to make.
 *
 * @public
 */
export interface ScenarioOptions extends FactsOptions {
  /** Steps at most, 1 to 40; absent: 12. */
  readonly steps?: number;
}

/**
 * Scenarios in which what one task does is what another looks at. They grow from the model's own
 * state, so that no step names a task that cannot exist. Plain data; the same seed gives the same scenarios.
 *
 * @param options - who begins, on which kernel, and how long they may be
 * @throws {@link InputError} where there is no such version or caller, or the number of steps is out of range
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { scenarios } from 'clonecheck';
 *
 * fc.assert(fc.property(scenarios({ caller: 'user', steps: 6 }), ({ steps }) => steps.length <= 6));
 * ```
 *
 * @public
 */
export function scenarios({ steps = 12, ...options }: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  if (!Number.isInteger(steps) || steps < 1 || steps > 40)
    throw new InputError(`a scenario of ${String(steps)} steps`, 'steps are a whole number from 1 to 40');
  return scenariosOf(callerOf(options.caller ?? 'root'), facts(options), steps).map((scenario) => ({
    caller: scenario.caller,
    steps: scenario.steps.map(formatStep),
  }));
}
