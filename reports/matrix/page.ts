import { fit } from '../budget.js';
import { filters } from '../html/filters.js';
import { findingArticle, groupOf, standing } from '../html/finding.js';
import { html, Markup } from '../html/markup.js';
import { MOST_HTML, leftOut } from '../html/page.js';
import { shell } from '../html/shell.js';
import type { ClauseLine, Results } from '../results/index.js';
import { originOf } from '../sentences.js';
import { byStability, isJudged, standings, verdictLine, verdictOf, type Standing } from '../verdict.js';
import { shownColumn, type Column } from './column.js';
import { differencesOf, type Difference } from './differences.js';

const MARKS: Readonly<Record<Standing | 'absent', readonly [mark: string, words: string]>> = {
  pass: ['✓', 'as specified'],
  differs: ['✗', 'differs'],
  unstable: ['~', 'unstable'],
  expected: ['≈', 'differs as expected'],
  shadowed: ['◦', 'another finding explains what differs'],
  blocked: ['■', 'blocked'],
  'not-run': ['–', 'not judged'],
  absent: ['', 'no run'],
};
/** What the script and the table around the rows take. */
const AROUND = 200_000;

/** Several targets as one page that needs nothing from outside: targets by clauses, and each difference once. */
export function matrix(targets: readonly Column[]): string {
  const columns = targets.map(shownColumn);
  const runs = columns.flatMap(({ results }) => results ?? []);
  const differences = differencesOf(columns);
  const room = MOST_HTML - AROUND;
  const rows = clauseRows(columns, differences);
  const shownRows = fitting(
    rows.map((row) => ({ whole: row.html })),
    room / 2,
  );
  const rest = room - shownRows.reduce((bytes, row) => bytes + Buffer.byteLength(row.html), 0);
  const articles = fitting(
    differences.map((difference, index) => ({
      whole: article(difference, index, columns, true).html,
      short: article(difference, index, columns, false).html,
    })),
    rest,
  );
  const names = columns.map(({ name }) => name);
  return shell(
    `${String(columns.length)} targets`,
    html`<h1>${columns.length} targets <span class="kernel">${differences.length} distinct differences</span></h1>
      ${targetTable(columns)} ${filters(runs, names)}
      <section aria-labelledby="clauses">
        <h2 id="clauses">Clauses <span class="count">${rows.length}</span></h2>
        <p class="legend">
          ${Object.values(MARKS).map(([mark, words]) =>
            mark === '' ? undefined : html`<span><span class="mark" aria-hidden="true">${mark}</span> ${words}</span>`,
          )}
        </p>
        <div class="scroll">
          <table class="matrix">
            <thead>
              <tr>
                <th scope="col">clause</th>
                ${names.map((name, index) => html`<th scope="col" data-column="${String(index)}"><span>${name}</span></th>`)}
              </tr>
            </thead>
            <tbody>
              ${shownRows}
            </tbody>
          </table>
        </div>
        ${leftOut(rows.length - shownRows.length, 'clause')}
      </section>
      <section aria-labelledby="findings">
        <h2 id="findings">Differences <span class="count">${differences.length}</span></h2>
        ${differences.length === 0 ? html`<p class="empty">No difference was found.</p>` : articles}
        ${leftOut(differences.length - articles.length, 'difference')}
      </section>`,
  );
}

function targetTable(columns: readonly Column[]): Markup {
  const rows = columns.map(({ name, results, trouble }) => {
    if (results === undefined)
      return html`<tr>
        <th scope="row">${name}</th>
        <td class="says" colspan="4"><strong>No run:</strong> ${trouble.slice(0, 600)}</td>
      </tr>`;
    const { header, clauses } = results;
    const { stable, unstable, expected } = byStability(results.findings);
    const held = header.release.startsWith(header.kernel) ? '' : `, held to ${header.kernel}`;
    const besides = [
      ...(unstable.length > 0 ? [`${String(unstable.length)} unstable`] : []),
      ...(expected.length > 0 ? [`${String(expected.length)} expected`] : []),
    ].join(', ');
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="says">
        Linux ${header.release.slice(0, 80)} ${header.arch}${held}
        <span class="source">${header.target.slice(0, 160)}</span>
      </td>
      <td class="says">
        <span class="verdict-word ${verdictOf(results).word.toLowerCase().replace(' ', '-')}"
          >${verdictLine(results)}</span
        >
        ${besides === '' ? undefined : html`<span class="source">${besides}</span>`}
      </td>
      <td class="figure" data-label="differ">${stable.length}</td>
      <td class="figure" data-label="judged">${clauses.filter(isJudged).length} of ${clauses.length}</td>
    </tr>`;
  });
  return html`<table class="clauses targets">
    <thead>
      <tr>
        <th scope="col">target</th>
        <th scope="col">kernel</th>
        <th scope="col">verdict</th>
        <th scope="col" class="figure">differ</th>
        <th scope="col" class="figure">judged</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** A row for each clause that some run knows, with a cell for each target. */
function clauseRows(columns: readonly Column[], differences: readonly Difference[]): readonly Markup[] {
  const known = new Map<string, ClauseLine>();
  for (const { results } of columns)
    for (const clause of results?.clauses ?? []) if (!known.has(clause.id)) known.set(clause.id, clause);
  const tables = columns.map(({ results }) => results && cellsOf(results));
  return [...known.values()].map((clause) => {
    const { id, flags, errno, says } = clause;
    const cells = columns.map(({ name }, place) => {
      const { state = 'absent', why } = tables[place]?.get(id) ?? {};
      const [mark, words] = MARKS[state];
      const label = `${name}: ${words}${why === undefined ? '' : `: ${why.slice(0, 120)}`}`;
      const index = differences.findIndex(({ clause: of, findings }) => of === id && findings.has(place));
      return {
        state,
        markup: html`<td class="${state}" data-column="${String(place)}" title="${label}">
          ${index === -1 ? html`<span aria-label="${label}">${mark}</span>` : html`<a href="#${anchorOf(index)}" aria-label="${label}">${mark}</a>`}
        </td>`,
      };
    });
    const states = cells.map(({ state }) => (state === 'absent' ? '' : state)).join(' ');
    return html`<tr class="item" data-verdict="${states}" data-group="${groupOf(id)}" data-flags="${flags.join(' ')}">
      <th scope="row" title="${says ?? ''}">
        <code>${id}</code>${errno === undefined ? undefined : html` <span class="errno">${errno}</span>`}<span
          class="hidden"
          >${says ?? ''} ${originOf(clause)}</span
        >
      </th>
      ${cells.map(({ markup }) => markup)}
    </tr> `;
  });
}

interface Cell {
  readonly state: Standing;
  readonly why: string | undefined;
}

function cellsOf(results: Results): ReadonlyMap<string, Cell> {
  const states = standings(results);
  return new Map(results.clauses.map(({ id, why }) => [id, { state: states.get(id) ?? 'not-run', why }]));
}

function article(
  { smallest, smallestOn, findings }: Difference,
  index: number,
  columns: readonly Column[],
  program: boolean,
): Markup {
  const verdicts = columns.map((_, place) => {
    const finding = findings.get(place);
    return finding === undefined ? '' : standing(finding);
  });
  const on = [...findings].map(([place, finding]) => {
    const name = columns[place]?.name ?? '';
    const same = place === smallestOn || finding.text.join('\n') === smallest.text.join('\n');
    return html`<li data-column="${String(place)}">
      ${name}${same ? undefined : html`: <code>${finding.text.join('; ').slice(0, 300)}</code>`}
    </li>`;
  });
  const below = html`<p class="meta">
      Smallest on ${columns[smallestOn]?.name ?? ''}. Shown by ${findings.size} of ${columns.length}:
    </p>
    <ul class="shown-by">
      ${on}
    </ul>`;
  return findingArticle(smallest, index + 1, anchorOf(index), program, { verdicts, below });
}

function anchorOf(index: number): string {
  return `difference-${String(index + 1)}`;
}

function fitting(
  parts: readonly { readonly whole: string; readonly short?: string }[],
  most: number,
): readonly Markup[] {
  return fit(parts, most).flatMap((text) => (text === undefined ? [] : [new Markup(text)]));
}
