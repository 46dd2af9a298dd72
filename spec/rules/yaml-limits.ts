import { isScalar, visit, type Document, type Scalar } from 'yaml';

/** The largest document that is read, in characters, and how deep brackets may be in each other: no file of ours comes near. */
const LARGEST = 262_144;
const DEEPEST = 64;

/** Why a text is not even given to the parser of YAML, whose time and stack it could take; undefined where it is. */
export function beyondLimits(text: string): { readonly what: string; readonly at: number } | undefined {
  if (text.length > LARGEST) return { what: `more than ${LARGEST.toLocaleString('en-US')} characters`, at: 0 };
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/[[\]{}\n]|(?:[-?:!][ \t]+){64}|!{64}/g)) {
    if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    else if (sign === '\n') continue;
    else return { what: TOO_DEEP, at: index };
    if (depth > DEEPEST) return { what: TOO_DEEP, at: index };
  }
  return undefined;
}

export const TOO_DEEP = `lists and fields more than ${String(DEEPEST)} deep in each other`;

/** A key that stands twice in one mapping. The parser's own search takes the square of their number. */
export function keyThatStandsTwice(document: Document): Scalar | undefined {
  let twice: Scalar | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          twice = key;
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return twice;
}
