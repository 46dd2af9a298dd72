import type { ClauseLine, FindingLine } from '../results/index.js';
import { originOf } from '../sentences.js';
import { groupOf, standing } from './finding.js';
import { findingAnchor } from './heat-map.js';
import { html, type Markup } from './markup.js';

const WORDS = { pass: 'as specified', fail: 'differs', blocked: 'blocked', 'not-run': 'not judged' } as const;

/** Every clause with what it came to, a row each. */
export function clauseRows(
  clauses: readonly ClauseLine[],
  findings: readonly FindingLine[],
  prefix: string,
): readonly Markup[] {
  return clauses.map((clause) => {
    const { id, verdict, errno, says, why, judged, failed, callers, flags } = clause;
    const index = findings.findIndex((finding) => finding.clause === id);
    const finding = findings[index];
    const state = finding === undefined ? verdict : standing(finding);
    const word = finding === undefined ? WORDS[verdict] : standing(finding);
    const name =
      finding === undefined
        ? html`<code>${id}</code>`
        : html`<a href="#${findingAnchor(prefix, index)}"><code>${id}</code></a>`;
    const seen = verdict === 'pass' || verdict === 'fail';
    return html`<tr
      class="item"
      data-verdict="${state === 'fail' ? 'differs' : state}"
      data-group="${groupOf(id)}"
      data-flags="${flags.join(' ')}"
    >
      <td><span class="badge ${state}">${word}</span></td>
      <th scope="row">${name}${errno === undefined ? undefined : html` <span class="errno">${errno}</span>`}</th>
      <td class="says">
        ${says ?? ''}${why === undefined ? undefined : html`<span class="because">${why}</span>`}<span class="source"
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
