import type { Results } from '../results/index.js';
import { standings } from '../verdict.js';
import { groupOf, standing } from './finding.js';
import { html, type Markup } from './markup.js';

const VERDICTS = [
  ['differs', 'differs'],
  ['unstable', 'unstable'],
  ['expected', 'expected'],
  ['shadowed', 'shadowed'],
  ['pass', 'as specified'],
  ['blocked', 'blocked'],
  ['not-run', 'not judged'],
] as const;

/**
 * A search box and filters over findings and clauses. Shown by the script that they need.
 *
 * @param targets - names of the columns of a matrix
 */
export function filters(runs: readonly Results[], targets: readonly string[] = []): Markup {
  const clauses = runs.flatMap((run) => run.clauses);
  const findings = runs.flatMap((run) => run.findings);
  const groups = unique([...clauses.map(({ id }) => groupOf(id)), ...findings.map(({ clause }) => groupOf(clause))]);
  const flags = unique([...clauses, ...findings].flatMap((line) => line.flags));
  const found = new Set<string>([...runs.flatMap((run) => [...standings(run).values()]), ...findings.map(standing)]);
  const verdicts = VERDICTS.filter(([value]) => found.has(value));
  return html`<form class="filters" id="filters" role="search" aria-label="Findings and clauses" hidden>
    <label class="search"
      ><span class="hidden">Search</span
      ><input
        type="search"
        id="search"
        placeholder="Search clauses, calls, sources  ( / )"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="shown" /></label
    ><output id="shown" aria-live="polite"></output>
    <fieldset class="pills">
      <legend class="hidden">Verdict</legend>
      ${verdicts.map(
        ([value, word]) =>
          html`<label><input type="checkbox" name="verdict" value="${value}" /><span>${word}</span></label>`,
      )}
    </fieldset>
    ${targets.length === 0 ? undefined : targetChoice(targets)}
    <label class="choice"
      >Group
      <select id="group">
        <option value="">all</option>
        ${groups.map((name) => html`<option>${name}</option>`)}
      </select></label
    >
    <label class="choice"
      >Flag
      <select id="flag">
        <option value="">all</option>
        ${flags.map((name) => html`<option value="${name}">${name.replace(/^CLONE_/, '')}</option>`)}
      </select></label
    >
    <button type="reset">Clear</button>
  </form>`;
}

function targetChoice(targets: readonly string[]): Markup {
  return html`<label class="choice"
    >Target
    <select id="target">
      <option value="">all</option>
      ${targets.map((name, index) => html`<option value="${String(index)}">${name}</option>`)}
    </select></label
  >`;
}

/** There are fewer, and shorter ones, in what this program writes. */
const MOST = { words: 200, length: 60 } as const;

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)]
    .filter((word) => word.length <= MOST.length)
    .sort()
    .slice(0, MOST.words);
}
