import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression } from '../expression/compile.js';
import { parseExpression } from '../expression/parse.js';
import { clone } from '../model/call.js';
import { contextOf as contextOfCall, type Context } from '../model/context.js';
import { ROOT, nominalKernel } from '../model/nominal.js';
import { SPECIFICATION } from '../model/specification.js';
import { VOCABULARY } from '../model/vocabulary.js';
import { cubesOf, type Cube } from './cubes.js';

const kernel = nominalKernel([6, 18, 0]);
/** A caller of whom some things are not known. */
const caller = { ...ROOT, chrooted: null, user_ns_level: null };
const contextOf = (flags: number): Context =>
  contextOfCall(SPECIFICATION, { kernel, caller }, clone(BigInt(flags >>> 0) | 17n));

/** Flags of both halves, and what is true, false, and not known of this caller. */
const LEAVES = [
  ...['CLONE_VM', 'CLONE_FS', 'CLONE_FILES', 'CLONE_IO', 'CLONE_NEWUSER', 'CLONE_INTO_CGROUP'],
  ...['always', 'caller.pid_ns_init', 'caller.chrooted', 'capable(CAP_SYS_ADMIN)', 'exit_signal == 17', 'stack > 0'],
  'caller.user_ns_level > 32',
];
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...LEAVES.map((leaf) => `(${leaf})`)),
    tie('expression').map((operand) => `!${operand}`),
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  ),
}));
const BITS = [0x100, 0x200, 0x400, 0x1000_0000, 0x8000_0000];
const words = fc.subarray(BITS).map((bits) => bits.reduce((word, bit) => word | bit, 0) >>> 0);

const lies = (word: number, cubes: readonly Cube[]): boolean =>
  cubes.some(({ mask, value }) => (word & mask) >>> 0 === value);

test('a word lies in the cubes of a condition exactly where the condition says so', () => {
  fc.assert(
    fc.property(expression, words, (text, word) => {
      const parsed = parseExpression(text);
      const truth = compileExpression(parsed, VOCABULARY)(contextOf(word));
      const context = contextOf(0);
      expect(lies(word, cubesOf(parsed, context, true))).toBe(truth === true);
      expect(lies(word, cubesOf(parsed, context, false))).toBe(truth === false);
      expect(lies(word, cubesOf(parsed, context, true, true))).toBe(truth !== false);
    }),
    { numRuns: 2000 },
  );
});

describe('what changes with the flags and is no flag is refused:', () => {
  test.each(['csignal != 0', 'set_tid_size > pid_ns_levels', '!undefined_flags', 'tid == 1', 'CLONE_VM && tid_in_use'])(
    '%s',
    (text) => {
      expect(() => cubesOf(parseExpression(text), contextOf(0))).toThrow('cannot be told from single bits');
    },
  );
});
