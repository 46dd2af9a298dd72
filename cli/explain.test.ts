import { describe, expect, test } from '@jest/globals';
import { clonecheck, commands } from '../harness/fixtures/command-line.js';

const NEWNS_FS = 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD)';
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { stdout, stderr } = await clonecheck(['explain', '--json', ...args]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('explain --json', () => {
  test('prints the object that other programs are promised', async () => {
    const answer = await json(NEWNS_FS, '--kernel', '6.12', '--caller', 'root');
    expect(answer).toEqual({
      call: 'clone(CLONE_NEWNS|CLONE_FS|SIGCHLD)',
      kernel: '6.12',
      caller: 'root',
      outcome: 'EINVAL',
      allowed: ['EINVAL'],
      clauses: [
        {
          id: 'errors/fs-with-newns',
          errno: 'EINVAL',
          source: expect.stringContaining('copy_process()'),
          why: expect.stringMatching(/\.$/),
          level: 'documented',
        },
      ],
    });
  });

  test('says success, with no clause', async () => {
    const answer = await json('fork()', '--kernel', '6.12');
    expect(answer).toMatchObject({ outcome: 'success', allowed: ['success'], clauses: [] });
  });

  test('lists every refusal that holds, the one that wins first', async () => {
    const answer = await json('clone(CLONE_NEWNS|CLONE_FS)', '--kernel', '6.12', '--caller', 'user');
    const clauses = answer['clauses'] as readonly { readonly id: string; readonly errno: string }[];
    expect(answer['outcome']).toBe('EINVAL');
    expect(clauses.map(({ id, errno }) => [id, errno])).toEqual([
      ['errors/fs-with-newns', 'EINVAL'],
      ['errors/newns-unprivileged', 'EPERM'],
    ]);
  });

  test('with --order any allows each of them', async () => {
    const args = ['clone(CLONE_NEWNS|CLONE_FS)', '--kernel', '6.12', '--caller', 'user', '--order', 'any'];
    expect((await json(...args))['allowed']).toEqual(['EINVAL', 'EPERM']);
  });

  test('is of the kernel that is asked for, with its patch level where it matters', async () => {
    const newtime = 'clone3({flags=CLONE_NEWTIME, exit_signal=SIGCHLD}, 88)';
    expect(await json(newtime, '--kernel', '5.10')).toMatchObject({ kernel: '5.10', outcome: 'EINVAL' });
    expect(await json(newtime, '--kernel', '5.10.223')).toMatchObject({ kernel: '5.10.223', outcome: 'success' });
    expect(await json(newtime, '--kernel', '6.12')).toMatchObject({ kernel: '6.12', outcome: 'success' });
    expect(await json('clone3({}, 88)', '--kernel', '4.4')).toMatchObject({ kernel: '4.4', outcome: 'ENOSYS' });
  });

  test('prints one object for each call of a log, and says whether the recorded result conforms', async () => {
    const input = [
      'strace: Process 12 attached',
      `[pid 12] ${NEWNS_FS} = -1 EINVAL (Invalid argument)`,
      '12 write(1, "clone(", 6) = 6',
      '[pid 12] clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>',
      '[pid 13] vfork() = 99',
      '[pid 12] <... clone resumed>, child_tidptr=0x7f0012345678) = 77',
      '+++ exited with 0 +++',
      '',
    ].join('\n');
    const { stdout, status } = await clonecheck(['explain', '--json', '--kernel', '6.12', '-'], { input });
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.map(({ recorded, outcome, conforms }) => [recorded, outcome, conforms])).toEqual([
      ['EINVAL', 'EINVAL', true],
      ['success', 'success', true],
      ['success', 'success', true],
    ]);
    expect(status).toBe(0);
  });
});

describe('explain tells people', () => {
  const EXAMPLES: readonly (readonly [string, readonly string[], RegExp[], number])[] = [
    [
      `${NEWNS_FS} = -1 EINVAL (Invalid argument)`,
      ['--caller', 'user'],
      [
        /^ {2}EINVAL on Linux 6\.12 for caller user$/m,
        /^ {2}errors\/fs-with-newns: [A-Z].*\.$/m,
        /copy_process/,
        /^ {2}also EPERM, errors\/newns-unprivileged: /m,
        /^ {2}recorded EINVAL: conforms$/m,
      ],
      0,
    ],
    [`${NEWNS_FS} = 1234`, [], [/^ {2}recorded success: DIFFERS$/m], 1],
    [`${NEWNS_FS} = -1 EPERM (Operation not permitted)`, [], [/^ {2}recorded EPERM: DIFFERS$/m], 1],
    [
      'clone3({flags=CLONE_THREAD, exit_signal=SIGCHLD, stack=0x7f1234560000, stack_size=0x8000}, 88)',
      [],
      [
        /^ {2}EINVAL on Linux/m,
        /^ {2}errors\/clone3-thread-with-exit-signal: /m,
        /^ {2}also EINVAL, errors\/thread-without-sighand: /m,
      ],
      0,
    ],
    ['fork()', [], [/^fork\(\)\n {2}success on Linux 6\.12 for caller root\n {2}errors\/otherwise-accepted: /], 0],
    ['vfork()', [], [/^vfork\(\)\n {2}success/], 0],
    ['vfork() = -1 EAGAIN (Resource temporarily unavailable)', ['--caller', 'nproc'], [/recorded EAGAIN: conforms/], 0],
    ['clone(CLONE_PIDFD|CLONE_PARENT_SETTID)', [], [/erratum|EINVAL/], 0],
  ];
  const told = commands(EXAMPLES.map(([call, args]) => ['explain', '--kernel', '6.12', ...args, call]));
  test.each(EXAMPLES.map(([call, , expected, exit], index) => [call, index, expected, exit] as const))(
    '%s',
    async (_, index, expected, exit) => {
      const { stdout, stderr, status } = await told(index);
      for (const pattern of expected) expect(stdout).toMatch(pattern);
      expect(stderr).toBe('');
      expect(status).toBe(exit);
    },
  );
});

describe('explain of a log', () => {
  const LOG = 'fork() = 7\n[pid 7] clone(CLONE_FZ) = 8\nhello\nfork() = -1 EAGAIN (Resource temporarily unavailable)\n';

  test('--summary groups calls, accounts for every line, and shows what contradicts the prediction first', async () => {
    const input = LOG.replace(/.*CLONE_FZ.*\n/, '');
    const { stdout, status } = await clonecheck(['explain', '--summary', '--kernel', '6.12', '-'], { input });
    expect(stdout).toMatch(
      /^2 calls in 3 lines: 1 as predicted, 1 not, 0 impossible, 0 not judged, 0 not understood\n/,
    );
    expect(stdout.indexOf('fork = EAGAIN')).toBeLessThan(stdout.indexOf('fork = success'));
    expect(stdout).toMatch(/Other lines: 1 not of strace\n$/);
    expect(status).toBe(1);
  });

  test('--summary --json is one object', async () => {
    const { stdout, status } = await clonecheck(['explain', '--summary', '--json', '-'], {
      input: 'fork() = 7\nfork() = 8\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({
      calls: 2,
      conform: 2,
      groups: [{ flags: 'fork', answer: 'success', count: 2 }],
    });
    expect(status).toBe(0);
  });

  test('goes on behind a call that it does not understand, which it names, and ends with 2', async () => {
    const input = LOG.replace(/fork\(\) = -1.*\n/, 'vfork() = 9\n');
    const { stdout, stderr, status } = await clonecheck(['explain', '-'], { input });
    expect(stderr).toBe('clonecheck: stdin:2:7: unknown flag CLONE_FZ\nHint: did you mean CLONE_FS?\n');
    expect(stdout).toMatch(/^fork\(\)\n[^]*\nvfork\(\)\n/);
    expect(status).toBe(2);
  });

  test('marks an answer that no caller gets', async () => {
    const input = 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = 12\n';
    const text = await clonecheck(['explain', '--kernel', '6.12', '-'], { input });
    expect(text.stdout).toContain(
      'recorded success: DIFFERS\n      IMPOSSIBLE: no caller gets this answer from this Linux\n',
    );
    expect(text.status).toBe(1);
    const object = await clonecheck(['explain', '--json', '--kernel', '6.12', '-'], { input });
    expect(JSON.parse(object.stdout)).toMatchObject({ conforms: false, impossible: true, line: 1 });
  });
});
