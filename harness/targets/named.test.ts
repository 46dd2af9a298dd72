import { describe, expect, test } from '@jest/globals';
import { clone, clone3, flagValue } from '../../spec/index.js';
import { OPEN } from '../fixtures/imagined-kernel.js';
import { unlessDeclared, withoutUnsupported } from '../unsupported.js';
import { readTargets } from './named.js';

const read = (text: string): ReturnType<typeof readTargets> => readTargets(text, 'targets.yaml');

describe('a file of targets', () => {
  test('gives a target a name, the version that it claims, and what it lacks', () => {
    const text = `gvisor:
  target: exec:runsc --rootless do
  kernel: "6.12"
  arch: x86_64
  unsupported: [clone3, CLONE_PIDFD, errors/fs-with-newns]
old: {target: vm:vmlinuz, append: "a=1  b"}
`;
    expect(read(text)).toEqual([
      {
        name: 'gvisor',
        target: 'exec:runsc --rootless do',
        kernel: [6, 12, 0],
        arch: 'x86_64',
        unsupported: ['clone3', 'CLONE_PIDFD', 'errors/fs-with-newns'],
      },
      { name: 'old', target: 'vm:vmlinuz', append: ['a=1', 'b'], unsupported: [] },
    ]);
  });

  test.each([
    ['a misspelt field', 'a: {target: local, kernal: "6.1"}', /targets.yaml:1:\d+.*kernal/],
    ['no target', 'a: {kernel: "6.1"}', /targets.yaml:1:/],
    ['something that no target can lack', 'a:\n  target: local\n  unsupported: [CLONE_PIDF]', /:3:17.*CLONE_PIDF/],
    ['a version that YAML takes for a number', 'a:\n  target: local\n  kernel: 6.10', /:3:11.*6\.1 is no version/],
  ])('with %s is refused at its place', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('what a port declares that it lacks', () => {
  const environment = withoutUnsupported(OPEN, ['clone3', 'CLONE_NEWNS']);

  test('is not judged, and the rest is', () => {
    expect(environment.forbids(clone3({}))).toBe('the target declares clone3 unsupported');
    expect(environment.forbids(clone(flagValue('CLONE_NEWNS')))).toBe('the target declares CLONE_NEWNS unsupported');
    expect(environment.forbids(clone(flagValue('CLONE_FS')))).toBeUndefined();
  });

  test('is no difference where it is a clause, and stays one where it is another', () => {
    const fail = {
      verdict: 'fail',
      clause: 'errors/a',
      kind: 'missing',
      expected: ['EINVAL'],
      observed: 'success',
    } as const;
    expect(unlessDeclared(fail, ['errors/a']).verdict).toBe('blocked');
    expect(unlessDeclared(fail, ['errors/b']).verdict).toBe('fail');
  });
});

test.each(['local', 'exec:true', 'vm:x', 'libc:gcc'])('%s, which --target knows by itself, is no name', (name) => {
  expect(() => readTargets(`"${name}": {target: exec:true}\n`, 'targets.yaml')).toThrow(
    `targets.yaml:1:${String(name.length + 5)}: ${name} cannot be a name`,
  );
});
