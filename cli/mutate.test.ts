import { describe, expect, test } from '@jest/globals';
import { clonecheck } from '../harness/fixtures/command-line.js';

type Line = Readonly<Record<string, unknown>>;
const mutate = (...args: readonly string[]): ReturnType<typeof clonecheck> => clonecheck(['mutate', ...args]);
const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const CLAUSE = ['--clause', 'errors/sighand-without-vm', '--cases', '300', '--operator', 'drop,errno,negate'];

describe('mutate', () => {
  test('writes a line for each mutant and a footer, and ends with 0 where each is found or explained', async () => {
    const { status, stdout, stderr } = await mutate(...CLAUSE, '--json');
    const lines = linesOf(stdout);
    expect(lines.slice(0, -1).every(({ type }) => type === 'mutant')).toBe(true);
    expect(lines[0]).toMatchObject({ id: 'errors/sighand-without-vm drop', broken: 'the rule is not there' });
    expect(lines[0]?.['fate']).toMatchObject({ kind: 'found', observed: 'EINVAL' });
    expect(lines.at(-1)).toMatchObject({ mutants: lines.length - 1, survived: 0, differences: [], stale: [] });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('names the smallest case that each was found by, and how many cases half of them took', async () => {
    const { stdout } = await mutate(...CLAUSE, '--format', 'pretty', '--all');
    expect(stdout).toMatch(
      /\n {2}drop +found after \d+ +(root|user): clone(3\(\{flags=|\()CLONE_SIGHAND\}?\) gives EINVAL\n/,
    );
    expect(stdout).toMatch(/found by the kernel, half of them within [\d,]+ cases\n/);
  });

  test('ends with 1 where a mutant survives, and names a call that would have shown it', async () => {
    const args = ['--cases', '0', '--operator', 'unless-flag', '--clause', 'errors/sighand-without-vm'];
    const { status, stdout } = await mutate(...args, '--format', 'pretty');
    expect(stdout).toMatch(
      /\nSURVIVED errors\/sighand-without-vm unless-flag CLONE_IO: not with CLONE_IO; .*CLONE_SIGHAND/,
    );
    expect(status).toBe(1);
  });

  test('finds the same with the same seed', async () => {
    const [one, other] = await Promise.all([mutate(...CLAUSE, '--json'), mutate(...CLAUSE, '--json')]);
    const mutants = ({ stdout }: { readonly stdout: string }): readonly Line[] => linesOf(stdout).slice(0, -1);
    expect(mutants(one)).toEqual(mutants(other));
  });

  test.each([
    [['--clause', 'errors/fs-with-newn'], '--clause: no clause is called errors/fs-with-newn'],
    [['--operator', 'dropp'], '--operator: dropp is no choice'],
  ])('refuses %j', async (args, what) => {
    const { status, stderr } = await mutate(...args);
    expect(stderr).toContain(what);
    expect(stderr).toMatch(/\nHint: /);
    expect(status).toBe(2);
  });
});
