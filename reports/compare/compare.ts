import { SPECIFICATION } from '../../spec/index.js';
import type { ClauseLine, FindingLine, Results } from '../results/index.js';

/** What one run says of a clause. */
export interface ClauseState {
  /**
   * `fail` has a difference of its own; `explained` differed only in cases that another clause's difference explains; `unstable` differed, but
   * not each time; `absent`: the run does not know the clause.
   */
  readonly state: 'pass' | 'fail' | 'explained' | 'unstable' | 'blocked' | 'not-run' | 'absent';
  /** How it differs, one for each distinct difference. */
  readonly kinds: readonly string[];
  /** The smallest case of each, by kind. */
  readonly cases: readonly string[];
  readonly why?: string;
}

/** What became of a clause from one run to the other. */
export type Change =
  | 'broke'
  | 'changed'
  | 'mended'
  | 'partly mended'
  | 'unstable'
  | 'no longer judged'
  | 'newly judged'
  | 'new'
  | 'removed'
  | 'same';

export interface ClauseChange {
  readonly clause: string;
  readonly change: Change;
  readonly old: ClauseState;
  readonly new: ClauseState;
  /** A rule that refuses flags with EINVAL. */
  readonly invalidFlags: boolean;
}

/** Two runs side by side. */
export interface Comparison {
  readonly old: Results['header'];
  readonly new: Results['header'];
  /** Every clause that one of them knows, in the specification's order. */
  readonly clauses: readonly ClauseChange[];
  /** Why a run is not whole. */
  readonly incomplete: readonly string[];
  /** Something broke, or differs otherwise than it did. */
  readonly regressed: boolean;
}

/** Holds a run's results against those of an earlier one. */
export function compareResults(old: Results, current: Results): Comparison {
  const ids = [...new Set([...idsOf(current), ...idsOf(old)])];
  const clauses = ids.map((clause): ClauseChange => {
    const [before, after] = [stateOf(clause, old), stateOf(clause, current)];
    const change = changeOf(before, after);
    return { clause, change, old: before, new: after, invalidFlags: refusesFlags(clause, [old, current]) };
  });
  return {
    old: old.header,
    new: current.header,
    clauses: clauses.map((each) => (isCut(each, old, current) ? { ...each, change: 'same' } : each)),
    incomplete: [...whyIncomplete('the old run', old), ...whyIncomplete('the new run', current)],
    regressed: clauses.some(({ change }) => change === 'broke' || change === 'changed'),
  };
}

function idsOf({ clauses, findings }: Results): readonly string[] {
  return [...clauses.map(({ id }) => id), ...findings.map(({ clause }) => clause)];
}

function stateOf(id: string, { clauses, findings }: Results): ClauseState {
  const own = findings.filter(({ clause }) => clause === id);
  const stable = own.filter(({ unstable }) => !unstable);
  const line = clauses.find((clause) => clause.id === id);
  const shown = stable.length > 0 ? stable : own;
  return {
    state: stable.length > 0 ? 'fail' : own.length > 0 ? 'unstable' : verdictOf(line),
    kinds: [...new Set(shown.map((finding) => kindOf(id, finding)))].sort(),
    cases: shown.map(({ text }) => text.join('; ')),
    ...(line?.why !== undefined && { why: line.why }),
  };
}

function verdictOf(line: ClauseLine | undefined): ClauseState['state'] {
  if (line === undefined) return 'absent';
  return line.verdict === 'fail' ? 'explained' : line.verdict;
}

/** What should succeed may be refused for several reasons, which its flags tell apart. */
function kindOf(id: string, { kind, flags }: FindingLine): string {
  if (id !== SPECIFICATION.errors.otherwise.id) return kind;
  return flags.length === 0 ? kind : `${kind} with ${[...flags].sort().join('|')}`;
}

function changeOf(old: ClauseState, current: ClauseState): Change {
  if (old.state === 'absent') return current.state === 'absent' ? 'same' : 'new';
  if (current.state === 'absent') return 'removed';
  if (!isJudged(old)) return isJudged(current) ? 'newly judged' : 'same';
  if (!isJudged(current)) return 'no longer judged';
  if (current.state === 'unstable') return old.state === 'unstable' ? 'same' : 'unstable';
  // What another difference explains says nothing of this clause, in the one run or in the other.
  if (old.state === 'explained' || current.state === 'explained')
    return current.state === 'fail' ? 'broke' : old.state === 'fail' ? 'partly mended' : 'same';
  if (current.state === 'pass') return old.state === 'fail' ? 'mended' : 'same';
  if (old.state !== 'fail') return 'broke';
  if (current.kinds.some((kind) => !old.kinds.includes(kind))) return 'changed';
  return current.kinds.length < old.kinds.length ? 'partly mended' : 'same';
}

function isJudged({ state }: ClauseState): boolean {
  return state !== 'blocked' && state !== 'not-run' && state !== 'absent';
}

/** A rule by which flags alone, or with arguments, are refused with EINVAL. */
function refusesFlags(id: string, runs: readonly Results[]): boolean {
  if (!id.startsWith('errors/')) return false;
  const clause = SPECIFICATION.clause(id);
  if (clause !== undefined) return clause.errno === 'EINVAL' && /CLONE_|undefined_flags|csignal/.test(clause.when);
  const line = runs.flatMap(({ clauses }) => clauses).find((each) => each.id === id);
  return line?.errno === 'EINVAL' && line.flags.length > 0;
}

/** A clause that a file without its end does not name may have been behind the end. */
function isCut({ change }: ClauseChange, old: Results, current: Results): boolean {
  return (change === 'new' && old.footer === undefined) || (change === 'removed' && current.footer === undefined);
}

function whyIncomplete(name: string, { footer }: Results): readonly string[] {
  if (footer === undefined) return [`${name} has no footer: what is missing was not judged`];
  return footer.interrupted ? [`${name} was interrupted`] : [];
}
