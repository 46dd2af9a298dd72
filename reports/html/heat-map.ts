import type { FindingLine, FooterLine } from '../results/index.js';
import { html, type Markup } from './markup.js';

interface Count {
  readonly accepted: number;
  readonly refused: number;
  readonly differs: number;
}

/** What leads from a pair of flags to the finding about them. */
export interface Lead {
  readonly number: number;
  readonly anchor: string;
}

/**
 * The pairs of flags as a table: below the diagonal what became of calls that held both, on it of calls that held one.
 *
 * @param prefix - of the anchors of this run
 */
export function heatMap({ pairs }: FooterLine, findings: readonly FindingLine[], prefix: string): Markup | undefined {
  const counts = countsOf(pairs);
  const met = new Set(pairs.counts.flatMap(([one, two]) => [one, two]));
  const flags = pairs.flags.map((name, index) => ({ name, index })).filter(({ index }) => met.has(index));
  if (flags.length === 0) return undefined;
  const rows = flags.map(({ name, index }, row) => {
    const cells = flags.slice(0, row + 1).map((other) => {
      const count = counts.get(key(index, other.index));
      return cell(count, [other.name, name], leadOf([name, other.name], findings, prefix), row === 0);
    });
    return html`<tr>
      <th scope="row">${short(name)}</th>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll">
    <table class="heat" data-heat>
      <caption class="hidden">
        Pairs of flags: accepted, refused, differs. Arrow keys move, Enter follows a cell to its finding.
      </caption>
      <tbody>
        ${rows}
      </tbody>
      <tfoot>
        <tr>
          <td></td>
          ${flags.map(({ name }) => html`<th scope="col"><span>${short(name)}</span></th>`)}
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function cell(
  count: Count | undefined,
  names: readonly [string, string],
  lead: Lead | undefined,
  first: boolean,
): Markup {
  const [one, two] = names;
  const pair = one === two ? short(one) : `${short(one)} with ${short(two)}`;
  const focus = first ? '0' : '-1';
  if (count === undefined)
    return html`<td tabindex="${focus}" class="none" aria-label="${pair}: no call was judged"></td>`;
  const { accepted, refused, differs } = count;
  const total = accepted + refused;
  const mostly = look(accepted / total, differs > 0, lead);
  const figures = `${accepted.toLocaleString('en-US')} accepted, ${refused.toLocaleString('en-US')} refused`;
  const differ = differs === 0 ? '' : `, ${differs.toLocaleString('en-US')} of them differ`;
  if (differs === 0 || lead === undefined) {
    const elsewhere = differs === 0 ? '' : '; these calls hold what a finding of other flags is about';
    return html`<td tabindex="${focus}" class="${mostly.name}" aria-label="${pair}: ${figures}${differ}${elsewhere}">
      ${mostly.mark}
    </td>`;
  }
  const label = `${pair}: ${figures}${differ}; to finding ${String(lead.number)}`;
  return html`<td class="${mostly.name}">
    <a tabindex="${focus}" href="#${lead.anchor}" aria-label="${label}">${mostly.mark}</a>
  </td>`;
}

interface Look {
  readonly name: string;
  /** Says it without colour. */
  readonly mark: string;
}

/** What other flags explain keeps its shade, or one finding would cover the whole map. */
function look(accepted: number, differs: boolean, lead: Lead | undefined): Look {
  if (!differs) return shade(accepted);
  return lead === undefined ? { ...shade(accepted), mark: '!' } : { name: 'differs', mark: '✗' };
}

function shade(accepted: number): Look {
  if (accepted === 0) return { name: 'refused', mark: '–' };
  if (accepted === 1) return { name: 'accepted', mark: '+' };
  return { name: accepted < 0.5 ? 'some' : 'most', mark: '±' };
}

/** The finding whose smallest case is about these flags: one that has both, or one that has nothing else. */
function leadOf(names: readonly string[], findings: readonly FindingLine[], prefix: string): Lead | undefined {
  const both = findings.findIndex(({ flags }) => names.every((name) => flags.includes(name)));
  const only = findings.findIndex(({ flags }) => flags.length > 0 && flags.every((name) => names.includes(name)));
  const index = both === -1 ? only : both;
  return index === -1 ? undefined : { number: index + 1, anchor: findingAnchor(prefix, index) };
}

/** Where a finding stands in the page. */
export function findingAnchor(prefix: string, index: number): string {
  return `${prefix}finding-${String(index + 1)}`;
}

function countsOf({ counts }: FooterLine['pairs']): ReadonlyMap<string, Count> {
  return new Map(
    counts.map(([one, two, accepted, refused, differs]) => [key(one, two), { accepted, refused, differs }]),
  );
}

function key(one: number, two: number): string {
  return `${String(Math.min(one, two))} ${String(Math.max(one, two))}`;
}

function short(name: string): string {
  return name.replace(/^CLONE_/, '');
}
