import type { FindingLine } from '../results/index.js';
import { neededGroups } from '../../harness/index.js';
import { expectedText, originOf, repeats } from '../sentences.js';
import { html, type Markup } from './markup.js';

/** What a finding counts as: filters and badges know these words. */
export function standing({ unstable, expectation }: FindingLine): 'differs' | 'unstable' | 'expected' {
  if (expectation !== undefined) return 'expected';
  return unstable ? 'unstable' : 'differs';
}

/** Where a finding stands in a matrix. */
export interface InMatrix {
  /** What it counts as on each target, empty on those that do not show it. */
  readonly verdicts: readonly string[];
  /** What is said of the targets. */
  readonly below: Markup;
}

/**
 * A finding: its steps with what was expected beside what was observed, why, and how to see it again.
 *
 * @param program - with its C program, where it has one
 */
export function findingArticle(
  finding: FindingLine,
  number: number,
  anchor: string,
  program: boolean,
  inMatrix?: InMatrix,
): Markup {
  const { clause, summary, why, flags, note, again, expectation, reduction, reproducible, needed } = finding;
  const state = standing(finding);
  const partly = reduction?.complete === false ? ' · not fully reduced' : '';
  return html`<article
    class="item finding ${state}"
    id="${anchor}"
    tabindex="-1"
    aria-labelledby="${anchor}-title"
    data-verdict="${inMatrix?.verdicts.join(' ') ?? state}"
    data-group="${groupOf(clause)}"
    data-flags="${flags.join(' ')}"
  >
    <header>
      <span class="number">${String(number)}</span>
      <h3 id="${anchor}-title"><code>${clause}</code></h3>
      <span class="badge ${state}">${state}</span>
    </header>
    <p class="summary">${summary}</p>
    <p class="meta">
      as <code>${finding.case.caller}</code> ·
      ${repeats({ reproducible })}${partly}${note === undefined ? undefined : html` · ${note}`}
    </p>
    ${inMatrix?.below} ${sideBySide(finding)} ${whyEachPart(needed)}
    ${why === undefined ? undefined : html`<p class="why">${why} <span class="source">${originOf(finding)}</span></p>`}
    ${expectation === undefined ? undefined : html`<p class="why"><strong>Expected:</strong> ${expectation.reason} <span class="source">${[expectation.link, expectation.expires && `until ${expectation.expires}`, expectation.place].filter((part) => part !== undefined).join(' · ')}</span></p>`}
    ${again === undefined ? undefined : copied('Run it again', again, `${anchor}-again`)}
    ${programOf(finding, anchor, program)}
  </article> `;
}

function sideBySide(finding: FindingLine): Markup {
  const rows = finding.steps ?? [
    { text: finding.text.join('\n'), expected: expectedText(finding), observed: finding.observed, differs: true },
  ];
  const step = ({ text, expected = '', observed = '', differs }: (typeof rows)[number]): Markup =>
    html`<tr class="${differs ? 'differs' : 'same'}">
      <th scope="row"><code>${text}</code></th>
      ${[
        html`<td data-label="expected"><code>${expected}</code></td>
          <td data-label="observed">
            <code>${observed}</code>${differs ? html`<span class="hidden"> (differs)</span>` : undefined}
          </td>`,
      ]}
    </tr>`;
  const what = finding.steps === undefined ? 'call' : 'step';
  return html`<table class="steps">
    <thead>
      <tr>
        <th scope="col">${what}</th>
        <th scope="col">expected</th>
        <th scope="col">observed</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(step)}
    </tbody>
  </table>`;
}

/** Why nothing can be taken away. */
function whyEachPart(needed: FindingLine['needed']): Markup | undefined {
  if (needed.length === 0) return undefined;
  const rows = neededGroups(needed).map(
    ({ parts, why }) =>
      html`<li>${parts.map((part, index) => html`${index === 0 ? '' : ', '}<code>${part}</code>`)}: ${why}</li> `,
  );
  return html`<details class="needed">
    <summary>Why each part is needed</summary>
    <ul>
      ${rows}
    </ul>
  </details>`;
}

function programOf({ reproducer }: FindingLine, anchor: string, program: boolean): Markup | undefined {
  if (reproducer === undefined) return undefined;
  if (!program) return html`<p class="meta">The C program is left out: there is no room for it in this page.</p>`;
  return html`<details>
    <summary>C program</summary>
    ${copied('cc -o reproducer reproducer.c && ./reproducer', reproducer, `${anchor}-program`)}
  </details>`;
}

/** Text to take along. Without scripts the button is not shown, and the text can still be selected. */
function copied(title: string, text: string, id: string): Markup {
  return html`<div class="copy">
    <div class="bar"><span>${title}</span><button type="button" data-copy="${id}" hidden>Copy</button></div>
    <pre tabindex="0" id="${id}">${text}</pre>
  </div>`;
}

/** `errors` of `errors/fs-with-newns`. */
export function groupOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}
