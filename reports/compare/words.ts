import { count } from '../sentences.js';
import type { Change, ClauseChange, ClauseState, Comparison } from './compare.js';
import { comparisonStatus } from './status.js';

/** Changes worth a section, the worst first. */
export const SECTIONS: readonly { readonly change: Change; readonly title: string }[] = [
  { change: 'broke', title: 'Broke' },
  { change: 'changed', title: 'Differs otherwise' },
  { change: 'unstable', title: 'Became unstable: seen, but not each time' },
  { change: 'no longer judged', title: 'No longer judged' },
  { change: 'mended', title: 'Mended' },
  { change: 'partly mended', title: 'Partly mended' },
  { change: 'newly judged', title: 'Newly judged' },
  { change: 'new', title: 'New clauses' },
  { change: 'removed', title: 'Removed clauses' },
];

/** `passes`, `differs: missing`, `blocked: a filter`. */
export function stateText({ state, kinds, why }: ClauseState): string {
  switch (state) {
    case 'pass':
      return 'passes';
    case 'fail':
      return `differs: ${kinds.join(', ')}`;
    case 'explained':
      return 'differs as another finding explains';
    case 'unstable':
      return `unstable: ${kinds.join(', ')}`;
    case 'blocked':
    case 'not-run':
      return `${state === 'blocked' ? 'blocked' : 'not judged'}${why === undefined ? '' : `: ${why}`}`;
    case 'absent':
      return 'absent';
  }
}

/** One word for a table. */
export function stateWord({ state, kinds }: ClauseState): string {
  const words = { pass: 'pass', explained: 'explained', blocked: 'blocked', 'not-run': 'not run', absent: '-' };
  if (state === 'fail' || state === 'unstable') return `${state === 'fail' ? 'FAIL' : 'unstable'} ${kinds.join(', ')}`;
  return words[state];
}

/** Clauses by what became of them. */
export function sectionsOf({
  clauses,
}: Comparison): readonly { readonly title: string; readonly members: readonly ClauseChange[] }[] {
  return SECTIONS.map(({ change, title }) => ({
    title,
    members: clauses.filter((clause) => clause.change === change),
  })).filter(({ members }) => members.length > 0);
}

/** The rules that refuse flags with EINVAL, which one of the runs judged or could have. */
export function flagRules({ clauses }: Comparison): readonly ClauseChange[] {
  return clauses.filter(({ invalidFlags }) => invalidFlags);
}

/** `REGRESSED: 1 clause broke, 2 differ otherwise`, `NO REGRESSION`, `NOT JUDGED: …`. */
export function conclusion(comparison: Comparison): string {
  const of = (change: Change): number => comparison.clauses.filter((each) => each.change === change).length;
  const parts = [
    of('broke') > 0 ? `${count(of('broke'), 'clause')} broke` : undefined,
    of('changed') > 0 ? `${String(of('changed'))} differ otherwise` : undefined,
    of('mended') > 0 ? `${String(of('mended'))} mended` : undefined,
    of('no longer judged') > 0 ? `${String(of('no longer judged'))} no longer judged` : undefined,
  ].filter((part) => part !== undefined);
  const tail = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const status = comparisonStatus(comparison);
  if (status === 1) return `REGRESSED${tail}`;
  if (status === 0) return `NO REGRESSION${tail}`;
  const why = comparison.incomplete[0] ?? 'a difference came that does not repeat';
  return `NOT JUDGED: ${why}`;
}

/** `local, Linux 6.12.1 x86_64`, and where it matters the version that it is held to. */
export function runText({ target, release, arch, kernel, startedAt }: Comparison['old']): string {
  const held = release.startsWith(kernel) ? '' : `, held to ${kernel}`;
  return `${target}, Linux ${release} ${arch}${held}, ${startedAt.slice(0, 10)}`;
}
