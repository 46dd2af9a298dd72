import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProbeSession, buildProbe, run, type RunOptions, type RunResult, type Target } from '../harness/index.js';
import { exitStatus } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { leftBehind } from './left-behind.js';
import type { Kind, Random } from './kinds.js';
import type { RelayPlan } from './plan.js';

/** What every trial asks for, besides the examples of its callers. */
export const CASES = 300;
/** In a round; there are six where effects are left to be told apart, and there are always. */
export const SCENARIOS = 17;

/** A run may be silent so long, and take so long in all, in milliseconds. */
const SILENCE = 1_000;
const MOST = 60_000;

/** What became of a run whose surroundings were harmed. */
export interface Trial {
  /** Absent where the probe was harmed before it had said what it is: the run says so instead of a result. */
  readonly result?: RunResult;
  readonly milliseconds: number;
  /** What is not as it has to be. */
  readonly wrong: readonly string[];
}

/** The same run where nothing goes wrong: what is asked for, and how much a probe says of it. */
export interface Usual {
  readonly cases: number;
  readonly bytes: number;
  /** Of which so many are its header. */
  readonly header: number;
}

/** Numbers from a seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const UID = 61_500;

function targetOf({ asUser: own }: Pick<Kind, 'asUser'>, plan: RelayPlan): Target {
  return {
    name: 'local',
    session: async () => {
      const relay = fileURLToPath(new URL('./relay.js', import.meta.url));
      const probe = [await buildProbe(), '--timeout', '600'];
      const uid = UID + (process.pid % 1_000);
      const asUser = own === true && process.getuid?.() === 0;
      const user = asUser ? ['setpriv', `--reuid=${String(uid)}`, '--clear-groups'] : [];
      const args = [relay, JSON.stringify({ ...plan, ...(asUser && { uid }) }), ...user, ...probe];
      return new ProbeSession({ file: process.execPath, args }, { silenceMs: SILENCE, startMs: 20_000 });
    },
  };
}

/** Callers as which cases are made: the plain one of who runs this, and the ordinary user that everybody can be. */
const CALLERS = process.getuid?.() === 0 ? ['root', 'user'] : ['user'];

/**
 * Runs cases and scenarios while one fault happens, and holds the result to what must be so whatever happens.
 *
 * @param usual - what comes of it where nothing happens
 */
export async function trial(kind: Kind, seed: number, usual: Usual): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-fault-'));
  const random = randomFrom(seed);
  const plan: RelayPlan = {
    harm: kind.harm(random),
    at: random(usual.bytes),
    struck: join(folder, 'struck'),
    ...(kind.each && { each: true }),
  };
  const started = performance.now();
  try {
    const result = await run(targetOf(kind, plan), optionsOf(kind.asUser)).catch((error: unknown) => {
      if (error instanceof InputError && plan.at <= usual.header) return undefined;
      throw error;
    });
    const milliseconds = performance.now() - started;
    const left = await leftBehind(folder);
    const wrong = left === 0 ? [] : [`${String(left)} processes are left`];
    if (result === undefined) return { milliseconds, wrong };
    return { result, milliseconds, wrong: [...wrong, ...whatIsWrong(result, milliseconds, usual)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The run where nothing goes wrong. */
export async function usualOf({ asUser }: Pick<Kind, 'asUser'>): Promise<Usual> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-fault-'));
  const struck = join(folder, 'struck');
  try {
    const target = targetOf({ ...(asUser && { asUser }) }, { harm: { kind: 'none' }, at: 0, struck });
    const { cases } = await run(target, optionsOf(asUser));
    return { cases, ...(JSON.parse(readFileSync(struck, 'utf8')) as Pick<Usual, 'bytes' | 'header'>) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The cases are the same each time; only the fault differs. */
function optionsOf(asUser: true | undefined): RunOptions {
  return {
    ...{ runs: CASES, scenarios: SCENARIOS, seed: 42, jobs: 1, order: 'strict', level: 'linux' },
    callers: asUser === true ? ['user'] : CALLERS,
  };
}

function whatIsWrong(result: RunResult, milliseconds: number, usual: Usual): readonly string[] {
  const { counts, scenarioCounts, cases, scenarios, lost, deaths } = result;
  const sum = (each: RunResult['counts']): number => each.pass + each.fail + each.blocked + each['not-run'];
  const status = exitStatus(result, 1);
  const wrong: string[] = [];
  const hold = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  hold(sum(counts) === cases, `${String(sum(counts))} of ${String(cases)} cases accounted for`);
  // As who cannot be made no more cases are generated, and the run says so.
  const { blockedCallers } = result;
  hold(
    cases === usual.cases || (blockedCallers.length > 0 && cases < usual.cases && status === 3),
    `${String(cases)} cases made where ${String(usual.cases)} were asked, and it ends with ${String(status)}`,
  );
  hold(
    sum(scenarioCounts) === scenarios,
    `${String(sum(scenarioCounts))} of ${String(scenarios)} scenarios accounted for`,
  );
  const told = [...result.findings, ...result.scenarioFindings].map(
    ({ clause, observed }: { clause: string; observed?: string }) => `${clause} ${observed ?? ''}`,
  );
  hold(told.length === 0, `a difference: ${told.join(', ')}`);
  hold(status !== 1, 'it ends with 1');
  const missing = counts['not-run'] + scenarioCounts['not-run'];
  hold(missing === 0 || status === 3, `${String(missing)} cases without an answer, and it ends with ${String(status)}`);
  hold(lost.length > 0 || missing === 0, 'cases were not run, and no reason is given');
  hold(deaths.length === 0 || status !== 0, 'a probe died, and it ends with 0');
  hold(milliseconds < MOST, `it took ${(milliseconds / 1000).toFixed(1)} s`);
  return wrong;
}
