import {
  CALLERS,
  EFFECTS,
  SPECIFICATION,
  formatKernelVersion,
  type AcceptClause,
  type Caller,
  type Clause,
  type KernelFacts,
} from '../../spec/index.js';
import { neededTexts, type Needed } from '../../harness/index.js';
import { sourceOf } from '../sentences.js';
import { commentText } from './c-text.js';

const WIDTH = 112;

/** A label and a text, broken into lines. */
export function labelled(label: string, text: string): readonly string[] {
  const indent = ' '.repeat(10);
  const words = commentText(text).split(' ');
  const lines: string[] = [];
  let line = label.padEnd(10);
  for (const word of words) {
    if (line.length + word.length > WIDTH && line.trim() !== '' && line !== indent) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** What the clause says, and where it comes from. */
export function clauseLines(id: string): readonly string[] {
  const clause =
    SPECIFICATION.clause(id) ?? (id === SPECIFICATION.errors.otherwise.id ? SPECIFICATION.errors.otherwise : undefined);
  if (clause !== undefined) {
    const rule = isRefusal(clause) ? labelled('rule', `${clause.errno} where ${clause.when}`) : [];
    return [...labelled('clause', `${id}: ${clause.why}`), ...rule, ...labelled('source', sourceOf(clause))];
  }
  const effect = EFFECTS.find((each) => each.id === id);
  if (effect === undefined) return labelled('clause', `${id}: no single effect explains what was observed.`);
  const man = effect.man === undefined ? '' : `; ${effect.man}`;
  return [...labelled('clause', `${id}: ${effect.why}`), ...labelled('source', `${effect.source}${man}`)];
}

function isRefusal(clause: Clause | AcceptClause): clause is Clause {
  return 'errno' in clause;
}

/** Why each part of the case is there. */
export function neededLines(needed: readonly Needed[] = []): readonly string[] {
  return neededTexts(needed).flatMap((text, index) => labelled(index === 0 ? 'needed' : '', text));
}

/** Who the caller is. */
export function callerLines({ name, attributes }: Caller): readonly string[] {
  const what = CALLERS.find((each) => each.name === name)?.what;
  const made = attributes.length === 0 ? '' : ` (${attributes.join(' ')})`;
  return labelled('caller', `${name}${what === undefined ? '' : `: ${what}`}${made}`);
}

/** How to use the file. */
export function usageLines(kernel: KernelFacts): readonly string[] {
  return [
    ...labelled('held to', `Linux ${formatKernelVersion(kernel.version)}`),
    ...labelled('compile', 'cc -o reproducer FILE.c, on x86-64, aarch64, riscv64, i386 or arm; with -static too'),
    ...labelled('exit', '0 conforms, 1 differs, 77 cannot judge here; one line says which'),
  ];
}
