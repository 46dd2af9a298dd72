import {
  SPECIFICATION,
  absence,
  parseCall,
  predict,
  type CallerFacts,
  type Clause,
  type KernelFacts,
} from '../spec/index.js';
import type { Environment } from './environment.js';
import type { Judgement } from './judge.js';

/** What a run found out about one clause. */
export interface ClauseResult {
  readonly id: string;
  readonly verdict: 'pass' | 'fail' | 'blocked' | 'not-run';
  /** Cases that told the clause apart and were as predicted. */
  readonly judged: number;
  /** Cases that differed. */
  readonly failed: number;
  /** Names of callers as which it was judged. */
  readonly callers: readonly string[];
  /** Why it was not judged. */
  readonly why?: string;
  /** Nothing stood in the way, and still no case told it apart: the run was too short, or the generators miss it. */
  readonly missed?: true;
}

interface Tally {
  judged: number;
  failed: number;
  readonly callers: Set<string>;
}

/** Counts, clause by clause, what cases have shown. */
export class Coverage {
  private readonly tallies = new Map<string, Tally>();

  private tally(id: string): Tally {
    let tally = this.tallies.get(id);
    if (tally === undefined) {
      tally = { judged: 0, failed: 0, callers: new Set() };
      this.tallies.set(id, tally);
    }
    return tally;
  }

  add(caller: string, judgement: Judgement): void {
    if (judgement.verdict === 'pass' && judgement.judges !== undefined) {
      const tally = this.tally(judgement.judges);
      tally.judged++;
      tally.callers.add(caller);
    } else if (judgement.verdict === 'fail') {
      this.tally(judgement.clause).failed++;
    }
  }

  /** A clause's result; `reason` says why it was not judged, where that is known. */
  result(id: string, reason: Reason | undefined): ClauseResult {
    const { judged = 0, failed = 0, callers = new Set<string>() } = this.tallies.get(id) ?? {};
    const counts = { id, judged, failed, callers: [...callers].sort() };
    if (failed > 0) return { ...counts, verdict: 'fail' };
    if (judged > 0) return { ...counts, verdict: 'pass' };
    if (reason !== undefined) return { ...counts, verdict: reason.blocked ? 'blocked' : 'not-run', why: reason.why };
    return { ...counts, verdict: 'not-run', why: 'no case told it apart', missed: true };
  }
}

/** Why a clause cannot be judged. `blocked`: the environment or the caller's rights stand in the way, and not the kernel's version. */
export interface Reason {
  readonly blocked: boolean;
  readonly why: string;
}

/** What is known of a named caller on a target. */
export type CallerState =
  { readonly facts: CallerFacts; readonly missing: Readonly<Record<string, string>> } | { readonly blocked: string };

/**
 * Why a clause cannot be judged on a target.
 *
 * @returns undefined where it can, so that not having judged it is the run's own fault
 */
export function reasonNotJudged(
  clause: Clause,
  kernel: KernelFacts,
  callers: ReadonlyMap<string, CallerState>,
  environment: Environment,
): Reason | undefined {
  const absent = absence(clause, kernel);
  if (absent !== undefined) return { blocked: false, why: `${absent}${versions(clause)}` };
  if (clause.unjudged !== undefined) return { blocked: false, why: clause.unjudged };
  if (clause.example === undefined) return undefined;
  const named = callers.get(clause.example.caller);
  // Where root cannot be had, an ordinary user tries.
  const state =
    clause.example.caller === 'root' && named !== undefined && 'blocked' in named ? callers.get('user') : named;
  if (state === undefined) return { blocked: true, why: `the caller ${clause.example.caller} was left out` };
  if ('blocked' in state) return { blocked: true, why: `caller ${clause.example.caller}: ${state.blocked}` };
  const { call } = parseCall(clause.example.call);
  const forbidden = environment.forbids(call);
  if (forbidden !== undefined) return { blocked: true, why: forbidden };
  const prediction = predict({ kernel, caller: state.facts }, call, { specification: SPECIFICATION });
  if (prediction.judges === clause.id) return undefined;
  const missing = Object.entries(state.missing).map(([kind, why]) => `no ${kind} cgroup: ${why}`);
  if (missing.length > 0 && clause.id.startsWith('errors/into-cgroup'))
    return { blocked: true, why: missing.join('; ') };
  const instead =
    prediction.undecided.length > 0
      ? 'a fact that decides it is not known here'
      : `${prediction.outcome} is due to something else here`;
  return { blocked: true, why: `caller ${clause.example.caller}: ${instead}` };
}

function versions({ since, until }: Clause): string {
  const text = [
    since && `since ${since[0]?.slice(0, 2).join('.') ?? ''}`,
    until && `until ${until[0]?.slice(0, 2).join('.') ?? ''}`,
  ];
  const known = text.filter((part) => part !== undefined);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}
