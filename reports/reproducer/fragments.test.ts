import { describe, expect, test } from '@jest/globals';
import { fragmentsOf, type Fragment } from './fragments.js';
import { Library } from './library.js';

/** Takes a text apart that includes `other.h`. */
function parts(text: string, other = ''): readonly Fragment[] {
  return fragmentsOf('a.h', (name) => (name === 'a.h' ? text : other));
}

describe('a header comes apart into what it defines', () => {
  test.each<[text: string, names: readonly (readonly string[])[]]>([
    ['#define A 1\n#define B(x) \\\n\t(x)\n', [['A'], ['B']]],
    ['enum { A = 1, B = 2 };', [['A'], ['B']]],
    ['enum { A, B };', [['A', 'B']]],
    ['enum kind { A = 1 };', [['enum kind', 'A']]],
    ['struct s { int a; };', [['struct s']]],
    ['typedef unsigned int u32;', [['u32']]],
    ['static int a, b = -1;', [['a'], ['b']]],
    ['static const struct t { int n; } ts[] = { { 1 }, { 2 } };', [['struct t', 'ts']]],
    ['static inline int f(int a)\n{\n\treturn a;\n}\n', [['f']]],
    ['static __attribute__((noreturn)) void g(void)\n{\n\tfor (;;)\n\t\t;\n}\n', [['g']]],
    ['__asm__(".globl start\\nstart:\\n");', [['start']]],
  ])('%j', (text, names) => {
    expect(parts(text).map((part) => part.names)).toEqual(names);
  });

  test('with the comment right above it, and no other', () => {
    const [f] = parts('/* A section. */\n\n/* What f does. */\nstatic void f(void)\n{\n}\n');
    expect(f?.text).toBe('/* What f does. */\nstatic void f(void)\n{\n}');
  });

  test('with the conditions under which it is there; a file included twice under each', () => {
    const text = '#if A\n#include "other.h"\n#elif B\n#include "other.h"\n#else\nint x;\n#endif\n';
    expect(parts(text, 'int y;').map(({ names, conditions }) => [names, conditions])).toEqual([
      [['y'], [['A'], ['!(A) && B']]],
      [['x'], [['!(A) && !(B)']]],
    ]);
  });

  test('returning the result of a function without one is no ISO C', () => {
    const [f] = parts('static void f(int a)\n{\n\tif (a)\n\t\treturn g();\n\treturn;\n}');
    expect(f?.text).toContain('{ g(); return; }');
  });
});

describe('a name brings all that it uses', () => {
  const text = [
    'enum { SIZE = 4, OTHER = 5 };',
    'struct s { int next; char text[SIZE]; };',
    'static int next(void)\n{\n\treturn OTHER;\n}',
    'static int use(struct s *a)\n{\n\tint next = a->next;\n\n\treturn next;\n}',
    'static int calls(void)\n{\n\treturn next();\n}',
  ].join('\n');
  const closure = (...names: readonly string[]): readonly string[] =>
    new Library(parts(text)).closure(names).flatMap((part) => part.names);

  test('types and constants', () => {
    expect(closure('struct s')).toEqual(['SIZE', 'struct s']);
  });

  test('but no function that is called like a field or a variable', () => {
    expect(closure('use')).toEqual(['SIZE', 'struct s', 'use']);
  });

  test('functions that are called', () => {
    expect(closure('calls')).toEqual(['OTHER', 'next', 'calls']);
  });

  test('what stands in its place, where something does', () => {
    const other = parts('static int next(void)\n{\n\treturn 0;\n}');
    expect(
      new Library(parts(text))
        .with(other)
        .closure(['calls'])
        .flatMap((part) => part.names),
    ).toEqual(['calls', 'next']);
  });
});
