import type { FindingLine, Results } from '../results/index.js';
import { originOf, shadowed } from '../sentences.js';
import { standings, type Standing } from '../verdict.js';
import { groupOf } from './finding.js';
import { findingAnchor } from './heat-map.js';
import { html, type Markup } from './markup.js';

const WORDS: Readonly<Partial<Record<Standing, string>>> = { pass: 'as specified', 'not-run': 'not judged' };

/** Every clause with what it came to, a row each. */
export function clauseRows(results: Results, findings: readonly FindingLine[], prefix: string): readonly Markup[] {
  const standing = standings(results);
  return results.clauses.map((clause) => {
    const { id, verdict, errno, says, why, judged, failed, callers, flags } = clause;
    const index = findings.findIndex((finding) => finding.clause === id);
    const finding = findings[index];
    const state = standing.get(id) ?? 'not-run';
    const because = state === 'shadowed' ? shadowed(failed) : why;
    const name =
      finding === undefined
        ? html`<code>${id}</code>`
        : html`<a href="#${findingAnchor(prefix, index)}"><code>${id}</code></a>`;
    const seen = verdict === 'pass' || verdict === 'fail';
    return html`<tr class="item" data-verdict="${state}" data-group="${groupOf(id)}" data-flags="${flags.join(' ')}">
      <td><span class="badge ${state}">${WORDS[state] ?? state}</span></td>
      <th scope="row">${name}${errno === undefined ? undefined : html` <span class="errno">${errno}</span>`}</th>
      <td class="says">
        ${says ?? ''}${because === undefined ? undefined : html`<span class="because">${because}</span>`}<span
          class="source"
          >${originOf(clause)}</span
        >
      </td>
      <td class="figure" data-label="judged">${seen ? judged : '–'}</td>
      <td class="figure" data-label="differ">${seen ? failed : '–'}</td>
      <td class="figure" data-label="callers" title="${callers.slice(0, 40).join(', ')}">
        ${seen ? callers.length : '–'}
      </td>
    </tr> `;
  });
}
