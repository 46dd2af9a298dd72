import { describe, expect, test } from '@jest/globals';
import { InputError, LIBC, formatPlace, parseLibc } from './index.js';

/** A file with one clause, whose lines are replaced. */
function fileWith(lines: Readonly<Record<string, string>>): string {
  const clause = {
    id: 'id: libc/some',
    needs: 'needs: [clone]',
    level: 'level: linux',
    says: 'says: it does',
    source: 'source: somewhere',
    does: 'does: clone()',
    rest: 'expects: [{said: {result: 7}}]',
    ...lines,
  };
  const body = Object.values(clause).filter((line) => line !== '');
  return ['functions: {clone: clone()}', 'clauses:', ...body.map((line, i) => `  ${i === 0 ? '-' : ' '} ${line}`)].join(
    '\n',
  );
}

function complaintOf(text: string): string {
  try {
    parseLibc(text, 'libc.yaml');
  } catch (error) {
    if (error instanceof InputError && error.place !== undefined)
      return `${formatPlace(error.place)}: ${error.what} (${error.hint})`;
    throw error;
  }
  return 'none';
}

describe('libc.yaml is held to its form, with file, line and column', () => {
  test('a clause in order is read', () => {
    expect(complaintOf(fileWith({}))).toBe('none');
  });

  test.each([
    [{ needs: 'needs: [clon]' }, 'libc.yaml:4:13: there is no function clon (did you mean clone?)'],
    [{ id: 'id: errors/some' }, /^libc\.yaml:3:9: .*a clause id is libc\//],
    [{ level: 'level: glibc' }, /^libc\.yaml:5:12: level is "glibc"/],
    [{ says: 'say: it does' }, 'libc.yaml:6:5: unknown field say (did you mean says?)'],
    [{ source: '' }, /^libc\.yaml:3:5: clauses\.0\.source is missing/],
    [{ rest: '' }, 'libc.yaml:3:9: what libc/some expects is missing (a clause has either open: true or expects:)'],
    [
      { open: 'open: true' },
      'libc.yaml:9:14: libc/some is open and expects something (a clause has either open: true or expects:)',
    ],
    [
      { rest: 'expects: [{calls: {with: CLONE_FLIES}}]' },
      'libc.yaml:9:30: there is no flag CLONE_FLIES (did you mean CLONE_FILES?)',
    ],
    [
      { rest: 'expects: [{calls: {signal: SIGCHILD}}]' },
      'libc.yaml:9:32: there is no signal SIGCHILD (it is none or a name such as SIGCHLD)',
    ],
    [{ rest: 'expects: [{calls: {tls: tls-at}}]' }, /^libc\.yaml:9:29: .*a pointer is given as the key/],
    [{ open: 'refused: {calls: some, errno: EAGAIN}' }, /^libc\.yaml:10:22: calls is "some"/],
  ])('%j', (lines, complaint) => {
    const said = complaintOf(fileWith(lines));
    if (typeof complaint === 'string') expect(said).toBe(complaint);
    else expect(said).toMatch(complaint);
  });

  test('an id that stands twice', () => {
    const text = fileWith({});
    const twice = `${text}\n${text.split('\n').slice(2).join('\n')}`;
    expect(complaintOf(twice)).toBe('libc.yaml:10:9: libc/some stands twice (give one of the two another id)');
  });
});

describe('the clauses', () => {
  test('what is documented names its man page or standard', () => {
    const bare = LIBC.clauses.filter(
      ({ level, man, source }) => level === 'documented' && man === undefined && !source.startsWith('POSIX'),
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  test('most clauses hold something: few are left open', () => {
    expect(LIBC.clauses.length).toBeGreaterThan(50);
    expect(LIBC.clauses.filter(({ open }) => open).length).toBeLessThan(LIBC.clauses.length / 4);
  });

  test('every function is needed by some clause', () => {
    const needed = new Set(LIBC.clauses.flatMap(({ needs }) => needs));
    expect(LIBC.functions.map(({ name }) => name).filter((name) => !needed.has(name))).toEqual([]);
  });
});
