import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VOCABULARY } from '../model/vocabulary.js';
import { COMPARISONS, type Comparison } from './ast.js';
import { compileExpression, type Quantity, type Reader, type Truth, type Vocabulary } from './compile.js';
import { parseExpression } from './parse.js';

interface Facts {
  readonly truths: Readonly<Record<string, Truth>>;
  readonly numbers: Readonly<Record<string, Quantity>>;
}

const truth = (name: string): [string, { type: 'truth'; read: (facts: Facts) => Truth }] => [
  name,
  { type: 'truth', read: ({ truths }) => truths[name] },
];
const number = (name: string): [string, { type: 'number'; read: (facts: Facts) => Quantity }] => [
  name,
  { type: 'number', read: ({ numbers }) => numbers[name] },
];
const vocabulary: Vocabulary<Facts> = {
  names: new Map<string, Reader<Facts>>([truth('p'), truth('q'), truth('r'), number('m'), number('n')]),
  functions: new Map([['is', { arguments: ['p', 'q'], of: (word) => truth(word)[1] }]]),
};

function evaluate(text: string, facts: Partial<Facts>): Truth {
  return compileExpression(parseExpression(text), vocabulary)({ truths: {}, numbers: {}, ...facts });
}

const TRUTHS: readonly Truth[] = [true, false, undefined];

/** Kleene's tables: false, unknown, true are 0, 1, 2; and is the lesser, or the greater. */
const rank = (value: Truth): number => (value === undefined ? 1 : value ? 2 : 0);
const RANKED: readonly Truth[] = [false, undefined, true];

describe("unknown facts follow Kleene's tables", () => {
  for (const p of TRUTHS) {
    test(`!${String(p)}`, () => {
      expect(evaluate('!p', { truths: { p } })).toBe(RANKED[2 - rank(p)]);
    });
    for (const q of TRUTHS) {
      test(`${String(p)} && ${String(q)}, ${String(p)} || ${String(q)}`, () => {
        expect(evaluate('p && q', { truths: { p, q } })).toBe(RANKED[Math.min(rank(p), rank(q))]);
        expect(evaluate('p || q', { truths: { p, q } })).toBe(RANKED[Math.max(rank(p), rank(q))]);
      });
    }
  }

  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('p', 'q', 'r'),
      tie('condition').map((operand) => `!(${operand})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    ),
  }));
  const truths = fc.record({
    p: fc.constantFrom(...TRUTHS),
    q: fc.constantFrom(...TRUTHS),
    r: fc.constantFrom(...TRUTHS),
  });

  test('what is decided stays so, whatever the unknown facts turn out to be', () => {
    fc.assert(
      fc.property(condition, truths, fc.boolean(), fc.boolean(), fc.boolean(), (text, known, p, q, r) => {
        const before = evaluate(text, { truths: known });
        fc.pre(before !== undefined);
        const after = evaluate(text, { truths: { p: known.p ?? p, q: known.q ?? q, r: known.r ?? r } });
        expect(after).toBe(before);
      }),
    );
  });

  test('with every fact known, every condition is decided', () => {
    fc.assert(
      fc.property(condition, fc.record({ p: fc.boolean(), q: fc.boolean(), r: fc.boolean() }), (text, known) => {
        expect(evaluate(text, { truths: known })).not.toBeUndefined();
      }),
    );
  });

  test('and both sides of a comparison must be known', () => {
    for (const operator of COMPARISONS) {
      expect(evaluate(`m ${operator} n`, { numbers: { m: 1 } })).toBeUndefined();
      expect(evaluate(`m ${operator} n`, { numbers: { n: 1n } })).toBeUndefined();
    }
    expect(evaluate('(m & 1) != 0', {})).toBeUndefined();
    expect(evaluate('m > 0 && p', { truths: { p: false } })).toBe(false);
  });
});

const COMPARE: Readonly<Record<Comparison, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

describe('numbers compare by value, whether number or bigint', () => {
  const edges = fc.constantFrom(0n, 1n, -1n, 64n, 0x7fff_ffffn, 0x8000_0000n, 1n << 53n, (1n << 64n) - 1n);
  const value = fc.oneof(edges, fc.bigInt({ min: -(1n << 65n), max: 1n << 65n }));
  const as = (wanted: bigint, small: boolean): Quantity =>
    small && wanted === BigInt.asIntN(53, wanted) ? Number(wanted) : wanted;

  test.each(COMPARISONS)('%s', (operator) => {
    fc.assert(
      fc.property(value, fc.option(value), fc.boolean(), fc.boolean(), (m, other, small, alsoSmall) => {
        const n = other ?? m;
        const numbers = { m: as(m, small), n: as(n, alsoSmall) };
        expect(evaluate(`m ${operator} n`, { numbers })).toBe(COMPARE[operator](m, n));
      }),
    );
  });

  test('a number in the text counts like one in the facts', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    fc.assert(
      fc.property(fc.oneof(edges, word), fc.oneof(edges, word), (m, literal) => {
        fc.pre(literal >= 0n);
        expect(evaluate(`m <= 0x${literal.toString(16)}`, { numbers: { m } })).toBe(m <= literal);
      }),
    );
  });

  test('& keeps the bits that both have', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(0x7fff_ffff), (m, mask) => {
        expect(evaluate(`(m & n) == ${String(m & BigInt(mask))}`, { numbers: { m, n: mask } })).toBe(true);
      }),
    );
  });
});

describe('a condition that cannot be meant is refused', () => {
  const compileReal = (text: string) => () => compileExpression(parseExpression(text), VOCABULARY);

  test.each([
    ['CLONE_NEWSN', 'unknown name CLONE_NEWSN at character 1', 'did you mean CLONE_NEWNS?'],
    ['CLONE_VM && caller.chroted', 'unknown name caller.chroted at character 13', 'did you mean caller.chrooted?'],
    ['size > PAGESIZE', 'unknown name PAGESIZE at character 8', 'did you mean PAGE_SIZE?'],
    ['capabel(CAP_SYS_ADMIN)', 'unknown name capabel at character 1', 'did you mean capable?'],
    ['capable(CAP_SYS_ADMN)', 'unknown name CAP_SYS_ADMN at character 1', 'did you mean CAP_SYS_ADMIN?'],
    ['writable(tls)', 'unknown name tls at character 1', 'it is one of pidfd'],
    ['writable', 'unknown name writable at character 1', 'it is one of CLONE_NEWTIME, CLONE_VM'],
  ])('%s: a name that there is not', (text, what, hint) => {
    expect(compileReal(text)).toThrow(
      expect.objectContaining({ what: `condition: ${what}`, hint: expect.stringContaining(hint) as unknown }),
    );
  });

  test.each([
    ['CLONE_VM > 3', 'CLONE_VM is a condition, not a number at character 1'],
    ['size == CLONE_VM', 'CLONE_VM is a condition, not a number at character 9'],
    ['readable(tls) & 3 == 0', 'readable is a condition, not a number at character 1'],
    ['CLONE_VM && size', 'size is a number, not a condition at character 13'],
    ['!tls', 'tls is a number, not a condition at character 2'],
    ['64', 'a number where a condition is expected at character 1'],
    ['CLONE_FS || 1', 'a number where a condition is expected at character 13'],
    ['tls & 15', 'a number where a condition is expected; compare it at character 1'],
    ['(CLONE_VM && CLONE_FS) == 1', 'a condition where a number is expected at character 2'],
    ['!CLONE_VM == 1', 'a condition where a number is expected at character 1'],
    ['(size < 3) & 1 == 0', 'a condition where a number is expected at character 2'],
  ])('%s: a number for a condition, or the other way', (text, what) => {
    expect(compileReal(text)).toThrow(
      expect.objectContaining({
        what: `condition: ${what}`,
        hint: 'flags and yes-or-no facts are conditions; arguments, limits and counts are numbers',
      }),
    );
  });
});

test('a function reads the word that it is given', () => {
  expect(evaluate('is(p) && !is(q)', { truths: { p: true, q: false } })).toBe(true);
});

describe('a number of which only the bounds are known', () => {
  const bound = fc.integer({ min: 0, max: 6 });
  const range = fc.tuple(bound, bound).map(([a, b]) => ({ least: Math.min(a, b), most: Math.max(a, b) }));
  const values = ({ least, most }: { least: number; most: number }): readonly number[] =>
    Array.from({ length: most - least + 1 }, (_, index) => least + index);

  test('decides a comparison only as each number between them would', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMPARISONS), range, fc.oneof(bound, range), (comparison, m, n) => {
        const answer = evaluate(`m ${comparison} n`, { numbers: { m, n } });
        const each = values(m).flatMap((one) =>
          (typeof n === 'number' ? [n] : values(n)).map((another) =>
            evaluate(`m ${comparison} n`, { numbers: { m: one, n: another } }),
          ),
        );
        if (answer !== undefined) expect(new Set(each)).toEqual(new Set([answer]));
      }),
    );
  });

  test('decides what orders wherever all between them agree', () => {
    expect(evaluate('m > 5', { numbers: { m: { least: 0, most: 5 } } })).toBe(false);
    expect(evaluate('m >= 5', { numbers: { m: { least: 5, most: 9 } } })).toBe(true);
    expect(evaluate('5 < m', { numbers: { m: { least: 5, most: 6 } } })).toBeUndefined();
  });
});
