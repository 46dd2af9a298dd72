import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callers, calls } from '../generators/index.js';
import { callerNamed, flagValue, parseCall, type Outcome } from '../spec/index.js';
import type { Case } from './case.js';
import { distinctFindings, textOf, type Finding } from './findings.js';
import { ImaginedKernel, KERNEL, OPEN, STRICT, differencesOf, type Bug } from './fixtures/imagined-kernel.js';
import { simpler } from './reduce.js';
import { callLine } from './wire.js';

const caseOf = (caller: string, call: string): Case => ({ caller: callerNamed(caller), call: parseCall(call).call });

/** What is found when a kernel with a bug has made some calls. */
async function found(bug: Bug, cases: readonly Case[], signal?: AbortSignal): Promise<readonly Finding[]> {
  const kernel = new ImaginedKernel(bug);
  const differences = await differencesOf(kernel, cases);
  return distinctFindings(differences, kernel, KERNEL, OPEN, { ...STRICT, ...(signal && { signal }) });
}

const flagsOf = ({ call }: Case): bigint =>
  call.call === 'clone' ? call.flags : call.call === 'clone3' ? call.args.flags : 0n;
const has = (subject: Case, ...names: readonly string[]): boolean =>
  names.every((name) => (flagsOf(subject) & flagValue(`CLONE_${name}`)) !== 0n);
const texts = (findings: readonly Finding[]): readonly string[] => findings.map(({ minimal }) => textOf(minimal));

describe('a finding', () => {
  test('keeps of the caller what it needs', async () => {
    const bug: Bug = (subject) =>
      subject.caller.attributes.includes('chroot') && has(subject, 'NEWUSER') ? 'success' : undefined;
    const findings = await found(bug, [
      caseOf('no-new-privs+chroot+user+nofile', 'clone(CLONE_NEWUSER|CLONE_IO|SIGCHLD)'),
    ]);
    expect(texts(findings)).toEqual(['chroot: clone(CLONE_NEWUSER)']);
    expect(findings[0]).toMatchObject({ clause: 'errors/newuser-chrooted', kind: 'missing', expected: ['EPERM'] });
  });

  test('is none where rules are missing that are found only after it', async () => {
    // set_tid_size is not looked at: what it should be refused for falls to the rule behind.
    const bug: Bug = (subject) => {
      if (subject.call.call !== 'clone3' || subject.call.args.set_tid_size === 0n) return undefined;
      return subject.caller.attributes.includes('chroot') && has(subject, 'NEWUSER') ? 'EPERM' : 'success';
    };
    const behind = caseOf('chroot', 'clone3({flags=CLONE_NEWUSER, set_tid_size=33})');
    const large =
      'flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_IO|CLONE_SYSVSEM|CLONE_PARENT, set_tid_size=';
    const missing = [1, 40].map((size) => caseOf('user+no-new-privs+chroot', `clone3({${large}${String(size)}})`));
    const cases = await found(bug, [behind, ...missing]);
    expect(cases.map(({ clause, observed }) => [clause, observed])).toEqual([
      ['errors/set-tid-size-without-array', 'success'],
      ['errors/set-tid-size-over-max', 'success'],
    ]);
    expect((await found(bug, [behind])).map(({ observed }) => observed)).toEqual(['EPERM']);
  });

  test('is none where such a rule leaves the word to one that is missing elsewhere', async () => {
    // As before, and clone() does not look at the root directory, which clone3() does.
    const bug: Bug = (subject) => {
      if (subject.call.call === 'clone') return has(subject, 'NEWUSER') ? 'success' : undefined;
      if (subject.call.call !== 'clone3' || subject.call.args.set_tid_size === 0n) return undefined;
      return subject.caller.attributes.includes('chroot') && has(subject, 'NEWUSER') ? 'EPERM' : 'success';
    };
    const cases = await found(bug, [
      caseOf('chroot', 'clone(CLONE_NEWUSER)'),
      caseOf('root', 'clone3({set_tid_size=1})'),
      caseOf('root', 'clone3({set_tid_size=40})'),
      caseOf('chroot', 'clone3({flags=CLONE_NEWUSER, set_tid_size=33})'),
    ]);
    expect(cases.map(({ clause, observed }) => `${clause} ${observed}`).sort()).toEqual([
      'errors/newuser-chrooted success',
      'errors/set-tid-size-over-max success',
      'errors/set-tid-size-without-array success',
    ]);
  });

  test('is of the plainest caller that shows it', async () => {
    const bug: Bug = (subject) => (has(subject, 'NEWNS') && subject.caller.name !== 'root' ? 'EINVAL' : undefined);
    expect(texts(await found(bug, [caseOf('chroot+user+nofile', 'clone(CLONE_NEWNS)')]))).toEqual([
      'user: clone(CLONE_NEWNS)',
    ]);
  });

  test('does not slip to another difference on the way', async () => {
    // CLONE_FS alone is wrong as well, but not in that way.
    const bug: Bug = (subject) => (has(subject, 'NEWNS', 'FS') ? 'success' : has(subject, 'FS') ? 'EPERM' : undefined);
    const findings = await found(bug, [caseOf('root', 'clone(CLONE_NEWNS|CLONE_FS|CLONE_VM|SIGCHLD)')]);
    expect(texts(findings)).toEqual(['root: clone(CLONE_NEWNS|CLONE_FS)']);
  });

  test('says what its minimal case was expected to give and gave', async () => {
    const bug: Bug = (subject) => (has(subject, 'THREAD') ? 'EIO' : undefined);
    const cases = [caseOf('root', 'clone3({flags=CLONE_THREAD|CLONE_NEWUSER|CLONE_FS, exit_signal=SIGCHLD}, 72)')];
    const [finding] = await found(bug, cases);
    expect(finding).toMatchObject({ expected: ['EINVAL'], observed: 'EIO', complete: true });
  });

  test('is 1-minimal, and what it says of its minimal case is so', async () => {
    const bug: Bug = (subject) => {
      const byte = createHash('md5').update(callLine('', subject.call)).digest().readUInt8(0);
      return byte < 40 ? 'EIO' : undefined;
    };
    await fc.assert(
      fc.asyncProperty(callers(), calls(), async (caller, call) => {
        for (const { minimal, clause, kind, complete, runs } of await found(bug, [{ caller, call }])) {
          // What is wrong at random may take long to reduce; then the budget ends it, and the finding says so.
          if (!complete) {
            expect(runs).toBeGreaterThanOrEqual(400);
            continue;
          }
          const [same] = await differencesOf(new ImaginedKernel(bug), [minimal]);
          expect(same?.judgement).toMatchObject({ clause, kind });
          const smaller = await differencesOf(
            new ImaginedKernel(bug),
            simpler(minimal).map(({ subject }) => subject),
          );
          expect(smaller.filter(({ judgement }) => judgement.clause === clause && judgement.kind === kind)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('differences are told apart', () => {
  const many = fc.sample(fc.record({ caller: callers(), call: calls() }), { seed: 42, numRuns: 4_000 });

  test('where one flag is refused, all are one', async () => {
    const findings = await found((subject) => (has(subject, 'SYSVSEM') ? 'EINVAL' : undefined), many);
    expect(findings.map(({ minimal }) => minimal.call)).toEqual([parseCall('clone(CLONE_SYSVSEM)').call]);
  });

  test('an argument that matters is part of what must be there', async () => {
    const bug: Bug = ({ call }) => (call.call === 'clone3' && call.size === 96n ? 'ENOSYS' : undefined);
    const findings = await found(bug, many);
    expect(new Set(findings.map(({ observed }) => observed))).toEqual(new Set(['ENOSYS']));
    for (const { minimal } of findings) expect(minimal.call).toMatchObject({ call: 'clone3', size: 96n });
  });

  test('arguments that matter tell differences apart', async () => {
    const bug: Bug = ({ call }) =>
      (call.call === 'clone3' && call.size === 96n) || (call.call === 'clone' && call.tls !== 0n) ? 'EIO' : undefined;
    const findings = await found(bug, many);
    expect(new Set(findings.map(({ minimal }) => minimal.call.call))).toEqual(new Set(['clone', 'clone3']));
  });

  test('what every call gets wrong is one for each call', async () => {
    const findings = await found(() => 'ENOSYS', many);
    expect([...texts(findings)].sort()).toEqual([
      'root: clone(0)',
      'root: clone3({})',
      'root: fork()',
      'root: vfork()',
    ]);
  });

  test('a kernel that answers at random is left after a bounded number of runs', async () => {
    const errnos: readonly Outcome[] = ['EIO', 'EPERM', 'EINVAL', 'success', 'ENOMEM', 'EBUSY'];
    const kernel = new ImaginedKernel((subject) => {
      const digest = createHash('md5')
        .update(`${subject.caller.name}${callLine('', subject.call)}`)
        .digest();
      return errnos[digest.readUInt8(0) % 40];
    });
    const differences = await differencesOf(kernel, many);
    kernel.cases = 0;
    const findings = await distinctFindings(differences, kernel, KERNEL, OPEN, STRICT);
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.length).toBeLessThanOrEqual(100);
    expect(kernel.cases).toBeLessThan(20_000);
  });
});

describe('a difference that does not repeat', () => {
  test('is told with how often it was seen, and not reduced', async () => {
    let times = 0;
    // The first is the one that the run saw.
    const bug: Bug = () => ([true, true, false, true, false, false][times++] === true ? 'EIO' : undefined);
    const original = caseOf('root', 'clone(CLONE_VM|CLONE_FS)');
    const [finding, ...more] = await found(bug, [original]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ minimal: original, reproducible: { k: 2, n: 5 }, complete: false, runs: 0 });
  });

  test('is so too where only the reduced case is shaky', async () => {
    let times = 0;
    const bug: Bug = ({ call }) =>
      call.call !== 'clone' || (call.flags & 0x100n) === 0n
        ? undefined
        : call.flags === 0x100n && times++ % 2 === 1
          ? undefined
          : 'EIO';
    const [finding] = await found(bug, [caseOf('root', 'clone(CLONE_VM|CLONE_FS)')]);
    expect(finding?.minimal).toEqual(caseOf('root', 'clone(CLONE_VM)'));
    expect(finding?.reproducible.n).toBe(5);
    expect(finding?.reproducible.k).toBeLessThan(5);
  });
});

test('when interrupted, one difference of each kind is told as it was seen', async () => {
  const controller = new AbortController();
  controller.abort();
  const bug: Bug = (subject) => (has(subject, 'NEWNS') ? 'EIO' : has(subject, 'FS') ? 'EPERM' : undefined);
  const cases = [
    caseOf('root', 'clone(CLONE_FS|CLONE_VM|CLONE_IO)'),
    caseOf('root', 'clone(CLONE_FS|CLONE_VM)'),
    caseOf('root', 'clone(CLONE_FS|CLONE_NEWNS|CLONE_VM)'),
  ];
  const findings = await found(bug, cases, controller.signal);
  expect(texts(findings)).toEqual(['root: clone(CLONE_VM|CLONE_FS)', 'root: clone(CLONE_NEWNS|CLONE_VM|CLONE_FS)']);
  for (const finding of findings) expect(finding).toMatchObject({ complete: false, runs: 0 });
});
