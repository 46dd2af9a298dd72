import { fit, type Part } from '../budget.js';
import { beginning, type FindingLine, type Results } from '../results/index.js';
import { count } from '../sentences.js';
import { remarks, totals } from '../terminal.js';
import { byStability, isJudged, verdictLine, verdictOf } from '../verdict.js';
import { clauseRows } from './clauses.js';
import { filters } from './filters.js';
import { findingArticle } from './finding.js';
import { findingAnchor, heatMap } from './heat-map.js';
import { html as markup, Markup } from './markup.js';
import { shell } from './shell.js';

/** The page is below 2 MB; this leaves room for what is around the runs. */
export const MOST_HTML = 2_000_000;
export const AROUND = 150_000;
/** And of each run what is around its findings and clauses. */
const AROUND_RUN = 90_000;

/** Runs as one page that needs nothing from outside. */
export function html(runs: readonly Results[]): string {
  const most = Math.floor((MOST_HTML - AROUND) / runs.length) - AROUND_RUN;
  const title = runs.map(({ header }) => `${header.target}, Linux ${header.release}`).join(' · ');
  return shell(
    title,
    markup`${runs.map(runHead)}
${filters(runs)}
${runs.map((results, index) => runSection(results, runs.length > 1 ? `run-${String(index + 1)}-` : '', most))}`,
  );
}

function runSection(results: Results, prefix: string, most: number): Markup {
  const { clauses, findings: all, footer } = results;
  const header = named(results);
  const { stable, unstable, expected } = byStability(all);
  const findings = [...stable, ...unstable, ...expected];
  // There is an end to flags and clauses; findings and their programs have what is left.
  const map = footer === undefined ? undefined : heatMap(footer, findings, prefix);
  const half = most / 2;
  const shownMap = map !== undefined && map.html.length < half / 2 ? map : undefined;
  const rows = clauseRows(results, findings, prefix);
  const shownRows = fitting(
    rows.map((row) => ({ whole: row.html })),
    half - (shownMap?.html.length ?? 0),
  );
  const articles = fitting(
    findings.map((finding, index) => article(finding, index, prefix)),
    half,
  );
  return markup`<section class="run" aria-label="${header.target}, Linux ${header.release}">
${prefix === '' ? undefined : markup`<p class="run-name">${header.target}, Linux ${header.release}</p>`}
<section aria-labelledby="${prefix}findings"><h2 id="${prefix}findings">Findings <span class="count">${String(findings.length)}</span></h2>
${findings.length === 0 ? markup`<p class="empty">No difference was found.</p>` : articles}
${leftOut(findings.length - articles.length, 'finding')}</section>
${
  shownMap === undefined
    ? undefined
    : markup`<section aria-labelledby="${prefix}pairs"><h2 id="${prefix}pairs">Pairs of flags</h2>
<p class="legend">${LEGEND}</p>
${shownMap}
<p class="detail" aria-live="polite" data-detail>Calls that held both flags; on the diagonal, one. Move with the arrow keys.</p></section>`
}
<section aria-labelledby="${prefix}clauses"><h2 id="${prefix}clauses">Clauses <span class="count">${String(clauses.length)}</span></h2>
<table class="clauses"><thead><tr><th scope="col">verdict</th><th scope="col">clause</th><th scope="col">what it demands</th><th scope="col" class="figure">judged</th><th scope="col" class="figure">differ</th><th scope="col" class="figure">callers</th></tr></thead>
<tbody>${shownRows}</tbody></table>
${leftOut(rows.length - shownRows.length, 'clause')}</section>
${runFoot(results)}
</section>`;
}

/** The header with names that are no longer than somebody would read. */
function named({ header }: Results): Results['header'] {
  const cut = (text: string): string => (text.length > 160 ? `${beginning(text, 160)}…` : text);
  const { target, release, kernel, arch, order } = header;
  return {
    ...header,
    target: cut(target),
    release: cut(release),
    kernel: cut(kernel),
    arch: cut(arch),
    order: cut(order),
  };
}

export function article(finding: FindingLine, index: number, prefix: string): Part {
  const anchor = findingAnchor(prefix, index);
  const made = (program: boolean): string => findingArticle(finding, index + 1, anchor, program).html;
  return { whole: made(true), short: made(false) };
}

export function fitting(parts: readonly Part[], most: number): readonly Markup[] {
  return fit(parts, most).flatMap((text) => (text === undefined ? [] : [new Markup(text)]));
}

function runHead(results: Results): Markup {
  const { clauses, findings } = results;
  const header = named(results);
  const { word } = verdictOf(results);
  const { stable, unstable } = byStability(findings);
  const judged = clauses.filter(isJudged).length;
  const tile = (figure: number, of: string, name: string): Markup =>
    markup`<div><dt>${name}</dt><dd>${figure}${of === '' ? undefined : markup`<small> of ${of}</small>`}</dd></div>`;
  const heldTo = header.release.startsWith(header.kernel) ? undefined : markup` · held to Linux ${header.kernel}`;
  return markup`<h1>${header.target} <span class="kernel">Linux ${header.release} ${header.arch}${heldTo}</span></h1>
<p class="verdict ${word.toLowerCase().replace(' ', '-')}">${verdictLine(results)}</p>
<dl class="tiles">${[
    tile(judged, String(clauses.length), 'clauses judged'),
    tile(stable.length, '', stable.length === 1 ? 'difference' : 'differences'),
    tile(unstable.length, '', 'unstable'),
    tile(clauses.length - judged, '', 'not judged'),
  ]}</dl>
<p class="meta">Begun <time datetime="${header.startedAt}">${header.startedAt.slice(0, 16).replace('T', ' ')} UTC</time> · seed <code>${String(header.seed)}</code> · order ${header.order}</p>`;
}

function runFoot(results: Results): Markup {
  const { footer, expectations = [] } = results;
  const notes = [
    ...(footer === undefined ? [] : totals(footer)),
    ...remarks(results),
    ...(footer?.blockedCallers ?? []).map(({ caller, why }) => `caller ${caller} cannot be made here: ${why}`),
    ...expectations.map(({ place, clause, state, why }) => `${place}: expectation of ${clause}, ${state}: ${why}`),
  ].map((note) => markup`<li>${beginning(note, 600)}</li>`);
  const shown = fitting(
    notes.map((note) => ({ whole: note.html })),
    AROUND_RUN / 2,
  );
  return markup`<footer class="run-foot"><h2>About this run</h2><ul>${shown}</ul>${leftOut(notes.length - shown.length, 'note')}<p class="end">${verdictLine(results)}</p></footer>`;
}

const LEGEND = (
  [
    ['accepted', '+', 'accepted'],
    ['most', '±', 'mostly accepted'],
    ['some', '±', 'sometimes'],
    ['refused', '–', 'refused'],
    ['differs', '✗', 'differs: leads to its finding'],
    ['follows', '✗', 'differs for one of the two'],
    ['elsewhere', '!', 'differs, for another pair'],
  ] as const
).map(([name, mark, word]) => markup`<span><span class="key ${name}" aria-hidden="true">${mark}</span> ${word}</span>`);

export function leftOut(number: number, noun: string): Markup | undefined {
  return number === 0
    ? undefined
    : markup`<p class="empty">Left out: ${count(number, noun)}. This page is kept below 2 MB; the results hold everything.</p>`;
}
