import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FLAGS } from '../flags.js';
import { InputError, didYouMean, formatPlace, nearest } from './input-error.js';

const NAMES = FLAGS.map(({ name }) => name);

describe('a misspelt word finds what it was meant to be', () => {
  test.each([
    ['CLONE_NEWSN', 'CLONE_NEWNS'],
    ['CLONE_SIGHND', 'CLONE_SIGHAND'],
    ['clone_vm', 'CLONE_VM'],
    ['CLONE_CHILD_CLEAR_TID', 'CLONE_CHILD_CLEARTID'],
    ['CLONE_FILE', 'CLONE_FILES'],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, NAMES)).toBe(meant);
    expect(didYouMean(word, NAMES)).toBe(`did you mean ${meant}?`);
  });

  test('a candidate itself is the nearest', () => {
    for (const name of NAMES) expect(nearest(name, NAMES)).toBe(name);
  });

  test('one letter more, less or other, wherever it is, is forgiven', () => {
    const far = ['CLONE_SYSVSEM', 'CLONE_INTO_CGROUP', 'CLONE_CHILD_SETTID', 'CLONE_UNTRACED'];
    const slip = fc.constantFrom('drop', 'add', 'replace');
    fc.assert(
      fc.property(fc.constantFrom(...far), fc.nat(), slip, (name, at, kind) => {
        const index = at % name.length;
        const kept = kind === 'add' ? index : index + 1;
        const word = name.slice(0, index) + (kind === 'drop' ? '' : '#') + name.slice(kept);
        expect(nearest(word, far)).toBe(name);
      }),
    );
  });

  test('a word that is like none of them finds none, and the hint lists them', () => {
    expect(nearest('SIGCHLD', NAMES)).toBeUndefined();
    expect(nearest('', NAMES)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
    expect(didYouMean('nothing', ['red', 'green'])).toBe('it is one of red, green');
  });
});

describe('a place is written as compilers write it', () => {
  test.each([
    [{ file: 'a.yaml' }, 'a.yaml'],
    [{ file: 'a.yaml', line: 3 }, 'a.yaml:3'],
    [{ file: 'a.yaml', line: 3, column: 7 }, 'a.yaml:3:7'],
  ])('%j', (place, text) => {
    expect(formatPlace(place)).toBe(text);
    expect(new InputError('wrong', 'mend it', place).message).toBe(`${text}: wrong`);
  });

  test('an error without a place says only what is wrong', () => {
    expect(new InputError('wrong', 'mend it').message).toBe('wrong');
  });

  test('an error can be told where it happened', () => {
    const placed = new InputError('wrong', 'mend it').at({ file: 'f', line: 2 });
    expect(placed).toMatchObject({ message: 'f:2: wrong', what: 'wrong', hint: 'mend it' });
    expect(placed).toBeInstanceOf(InputError);
  });
});
