import { describe, expect, test } from '@jest/globals';
import { parseErrorClauses } from './clauses.js';

/** Two stages with a clause each, and every field that there is. */
const GOOD = `stages:
  - stage: first
    at: kernel/fork.c f()
    clauses:
      - id: errors/one
        errno: EINVAL
        when: CLONE_NEWNS && CLONE_FS
        level: documented
        man: clone(2) ERRORS EINVAL
        why: Because.
  - stage: second
    at: kernel/pid.c g()
    clauses:
      - id: errors/two
        errno: EPERM
        calls: [clone3]
        when: size > 3
        requires: [pidfd, "!config.user_ns", arch.x86_64]
        since: "5.17 5.16.11"
        until: "6.9"
        level: linux
        source: kernel/pid.c h()
        erratum: The page says otherwise.
        why: Because.
        example: {caller: root, call: "clone3({})"}
        unjudged: not yet
otherwise: {id: errors/rest, level: linux, source: kernel/fork.c f(), why: Because.}
`;

test('what a clause says is read, and what it leaves out comes from its stage', () => {
  const { clauses, stages, otherwise } = parseErrorClauses(GOOD, 'f');
  expect(stages).toEqual([
    { stage: 'first', at: 'kernel/fork.c f()' },
    { stage: 'second', at: 'kernel/pid.c g()' },
  ]);
  expect(clauses[0]).toMatchObject({
    ...{ id: 'errors/one', stage: 'first', rank: 0, calls: ['clone', 'clone3'], requires: [] },
    source: 'kernel/fork.c f()',
  });
  expect(clauses[0]).not.toHaveProperty('since');
  expect(clauses[1]).toMatchObject({
    ...{ id: 'errors/two', stage: 'second', rank: 1, calls: ['clone3'], when: 'size > 3', source: 'kernel/pid.c h()' },
    since: [
      [5, 17, 0],
      [5, 16, 11],
    ],
    until: [[6, 9, 0]],
    requires: [
      // What only clone3 can be asked needs clone3.
      { kind: 'feature', name: 'clone3', present: true },
      { kind: 'feature', name: 'pidfd', present: true },
      { kind: 'config', name: 'user_ns', present: false },
      { kind: 'arch', name: 'x86_64', present: true },
    ],
    example: { caller: 'root', call: 'clone3({})' },
  });
  expect(otherwise.id).toBe('errors/rest');
});

describe('a mistake is pointed at, with what was meant', () => {
  test.each([
    ['an unknown field', 'man:', 'mann:', 'f:9:9: unknown field mann', 'did you mean man?'],
    [
      'an unknown field of an example',
      'caller: root',
      'by: root',
      'f:25:19: unknown field by',
      'it is one of caller, call',
    ],
    [
      'an unknown field of the file',
      'otherwise:',
      'otherwize:',
      'f:27:1: unknown field otherwize',
      'did you mean otherwise?',
    ],
    [
      'a missing field',
      '        why: Because.\n  -',
      '  -',
      'f:5:9: stages.0.clauses.0.why is missing',
      'add why: it is a text',
    ],
    ['a wrong errno', 'EINVAL\n', 'EINVALID\n', 'f:6:16: errno is "EINVALID"', 'did you mean EINVAL?'],
    ['an errno in small letters', 'EPERM', 'eperm', 'f:15:16: errno is "eperm"', 'did you mean EPERM?'],
    ['a wrong call', '[clone3]', '[clone2]', 'f:16:17: 0 is "clone2"', 'did you mean clone'],
    [
      'a wrong level',
      'level: linux\n',
      'level: kernel\n',
      'f:21:16: level is "kernel"',
      'it is one of documented, linux',
    ],
    [
      'an id in capitals',
      'errors/one',
      'errors/One',
      'f:5:13: id: a clause id is errors/ and words of a-z, 0-9 and -',
      'mend',
    ],
    ['an id that stands twice', 'errors/two', 'errors/one', 'f:14:13: errors/one stands twice', 'another id'],
    [
      'a condition that is none',
      '&& CLONE_FS',
      '&& && CLONE_FS',
      'f:7:15: condition: expected a name or a number before && at character 16',
      'conditions are names and numbers with',
    ],
    [
      'a requirement that there is not',
      '[pidfd,',
      '[pidfdd,',
      'f:18:20: unknown requirement pidfdd',
      'it is a feature of spec/features.yaml',
    ],
    [
      'a configuration that there is not',
      '!config.user_ns',
      '!config.userns',
      'f:18:27: unknown requirement config.userns',
      'config.NAME',
    ],
    [
      'an architecture that there is not',
      'arch.x86_64',
      'arch.amd64',
      'f:18:46: unknown requirement arch.amd64',
      'arch.NAME',
    ],
    [
      'a version that is none',
      '"6.9"',
      '"six"',
      'f:20:16: six is no list of versions',
      'write versions such as 5.17 5.16.11',
    ],
    [
      'versions with a comma',
      '5.17 5.16.11',
      '5.17, 5.16.11',
      'f:19:16: 5.17, 5.16.11 is no list of versions',
      'write versions such as',
    ],
    [
      'a version without quotation marks',
      '"6.9"',
      '6.10',
      'f:20:16: until is 6.1',
      'until has to be a text, in quotation marks',
    ],
    [
      'a key that stands twice',
      '        level: linux\n',
      '        level: linux\n        level: linux\n',
      'f:22:9: Map keys must be unique',
      'mend the YAML',
    ],
  ])('%s', (_, search, replacement, message, hint) => {
    expect(GOOD).toContain(search);
    expect(() => parseErrorClauses(GOOD.replace(search, replacement), 'f')).toThrow(
      expect.objectContaining({ message, hint: expect.stringContaining(hint) as unknown }),
    );
  });
});
