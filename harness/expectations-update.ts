import { isMap, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml';
import { SPECIFICATION, formatCall, formatStep } from '../spec/index.js';
import { TODO, type Expectation } from './expectations.js';
import { callerOf, kindOf, matches, type AnyFinding, type ExpectationReport } from './expectations-hold.js';

/** A rewritten `expect.yaml`, and what was done to it. */
export interface UpdatedExpectations {
  readonly text: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What a new file begins with. */
const HEAD = `# Differences that we know of. Written by \`clonecheck run --expect FILE --update-expect\`; each needs a reason.
`;

/**
 * Rewrites `expect.yaml` for what a run has found. Entries that still hold stay as they are, with their comments and in their order; so do
 * those that were not judged, that have expired or that are for other targets. An entry whose difference is gone goes. Where the target
 * differs otherwise, how it does is written anew and the reason is to be looked at again. New findings are added with a reason to be said.
 *
 * @param text - the file as it was, empty where there was none
 * @param expectations - what was read from it
 * @param findings - the findings that no entry expects
 */
export function updateExpectations(
  text: string,
  expectations: readonly Expectation[],
  { broken }: ExpectationReport,
  findings: readonly AnyFinding[],
  target: string,
): UpdatedExpectations {
  const document: Document = parseDocument(text.trim() === '' ? HEAD : text);
  if (!isSeq(document.contents)) document.contents = document.createNode([]);
  const list = document.contents;
  if (!isSeq(list)) throw new Error('expect.yaml is no list');
  const expired = broken.filter(({ state }) => state === 'expired').map(({ expectation }) => expectation);
  const open = findings.filter((finding) => !expired.some((expectation) => matches(expectation, finding)));
  const dropped = new Set<number>();
  let changed = 0;
  for (const { expectation, state } of broken) {
    const index = expectations.indexOf(expectation);
    const node = list.items[index];
    if (!isMap(node)) continue;
    const successor = state === 'otherwise' ? open.findIndex(({ clause }) => clause === expectation.clause) : -1;
    const finding = open[successor];
    if (finding !== undefined) {
      open.splice(successor, 1);
      rewrite(node, finding, `TODO: it differs otherwise now. Before: ${expectation.reason}`);
      changed++;
    } else if (state !== 'expired') {
      dropped.add(index);
    }
  }
  list.items = list.items.filter((_, index) => !dropped.has(index));
  for (const finding of open) list.items.push(document.createNode(asEntry(finding, target)));
  list.flow = list.items.length === 0;
  const counts = { added: open.length, changed, removed: dropped.size };
  if (counts.added + counts.changed + counts.removed === 0) return { text, ...counts };
  return { text: document.toString({ lineWidth: 0, flowCollectionPadding: text.includes('{ ') }), ...counts };
}

function rewrite(node: YAMLMap, finding: AnyFinding, reason: string): void {
  const { kind, caller, call, steps } = asEntry(finding, '');
  node.set('kind', kind);
  node.delete('observed');
  const rest = { caller, call, steps, reason };
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined) node.delete(key);
    else node.set(key, value);
  }
}

interface Entry {
  readonly clause: string;
  readonly target: string;
  readonly caller?: string;
  readonly kind: string;
  readonly call?: string;
  readonly steps?: readonly string[];
  readonly reason: string;
}

/** Plain callers are not written down: the difference is there for all the others too. */
function asEntry(finding: AnyFinding, target: string): Entry {
  const { clause } = finding;
  const caller = callerOf(finding);
  const plain = caller === 'root' && clause !== SPECIFICATION.errors.otherwise.id;
  return {
    clause,
    target,
    ...(!plain && { caller }),
    kind: kindOf(finding),
    ...('minimal' in finding
      ? { call: formatCall(finding.minimal.call) }
      : { steps: finding.scenario.steps.map(formatStep) }),
    reason: TODO,
  };
}
