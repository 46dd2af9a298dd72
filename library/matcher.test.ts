import { describe, expect, test } from '@jest/globals';
import { localTarget, withSession } from '../harness/index.js';
import { clone, flagValue, judge, openTarget, toConform } from './index.js';

/** A difference is one, what cannot be judged is neither, and only what was asked for counts. */
const QUICK = { runs: 300, seed: 42, jobs: 1 };
const faulty = (fault: string): ReturnType<typeof openTarget> => openTarget('local', { probeArgs: ['--fault', fault] });

describe('toConform', () => {
  test('passes where the kernel keeps the clauses', async () => {
    await expect(toConform(openTarget('local'), { ...QUICK, clauses: 'errors/fs-*' })).resolves.toMatchObject({
      pass: true,
    });
  });

  test('fails where it does not, and says what differs', async () => {
    const target = faulty('accept=0x20200');
    const { pass, message } = await toConform(target, { ...QUICK, clauses: 'errors/fs-*' });
    expect(pass).toBe(false);
    expect(message()).toMatch(/✗ errors\/fs-with-newns/);
  });

  test('passes where only a clause differs that was not asked for', async () => {
    const target = faulty('accept=0x20200');
    const { pass } = await toConform(target, { ...QUICK, clauses: 'errors/thread-without-sighand' });
    expect(pass).toBe(true);
  });

  test('throws where nothing could be judged', async () => {
    const asked = toConform(openTarget('local'), { ...QUICK, clauses: 'errors/threads-max' });
    await expect(asked).rejects.toThrow('could not be judged');
  });

  test('looks at targets alone', async () => {
    await expect(toConform('local')).rejects.toThrow("expect(openTarget('local'))");
  });

  test('says which clause there is not', async () => {
    await expect(toConform(openTarget('local'), { clauses: 'errors/fz-*' })).rejects.toThrow(
      'no clause is called errors/fz-*',
    );
  });
});

describe('judge', () => {
  test('says by which clause a call differs', async () => {
    const target = faulty('accept=0x20200');
    const call = clone(flagValue('CLONE_NEWNS') | flagValue('CLONE_FS'));
    const judgement = await judge(target, { caller: 'self', call });
    await target.close();
    expect(judgement).toEqual({
      verdict: 'fail',
      clause: 'errors/fs-with-newns',
      expected: 'EINVAL',
      observed: 'success',
    });
  });

  test('performs scenarios', async () => {
    const target = openTarget('local');
    const steps = ['0: open(20)', '0: clone(CLONE_FILES|SIGCHLD) → task 1', '1: close(20)', '0: getfd(20)'];
    const judgement = await judge(target, { caller: 'self', steps });
    await target.close();
    expect(judgement).toEqual({ verdict: 'pass', judges: expect.arrayContaining(['effects/files-shared']) });
  });

  test('takes what a port declares unsupported for not judged', async () => {
    const target = openTarget('local', { unsupported: ['CLONE_NEWNS'] });
    const judgement = await judge(target, {
      caller: 'self',
      call: clone(flagValue('CLONE_NEWNS') | flagValue('CLONE_FS')),
    });
    await target.close();
    expect(judgement).toMatchObject({ verdict: 'blocked' });
  });
});

describe('a target', () => {
  test('tells the facts that predictions are made from', async () => {
    const target = openTarget('local');
    const { kernel } = await target.facts();
    const { arch } = await withSession(localTarget(), (_, header) => Promise.resolve(header));
    await target.close();
    expect(kernel.arch).toBe(arch);
  });

  test('can be closed before it was asked anything', async () => {
    await expect(openTarget('local').close()).resolves.toBeUndefined();
  });

  test('that is none is named', () => {
    expect(() => openTarget('nowhere')).toThrow('there is no target nowhere');
  });
});
