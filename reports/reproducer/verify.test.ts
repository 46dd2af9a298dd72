import { describe, expect, test } from '@jest/globals';
import { NEWEST_KERNEL, callerNamed, nominalKernel, parseCall } from '../../spec/index.js';
import { PLAIN_CALLER } from '../../harness/fixtures/targets.js';
import { errorFaults } from './fixtures/cases.js';
import { Workshop } from './fixtures/programs.js';
import { callProgram } from './call-program.js';
import { reproducerOf } from './reproducer.js';
import { verifyReproducer } from './verify.js';

const kernel = nominalKernel(NEWEST_KERNEL);

/** A program that finds fault with a kernel that does right. */
function wrongProgram(): string {
  const text = callProgram(
    {
      case: { caller: callerNamed('user'), call: parseCall('clone(CLONE_NEWNS|CLONE_FS)').call },
      title: 'wrong on purpose',
      clause: 'errors/fs-with-newns',
      expected: ['EPERM'],
    },
    { kernel },
  );
  if (typeof text !== 'string') throw new Error(text.unavailable);
  return text;
}

describe('whether a program shows what its finding says is found out by running it', () => {
  test('here, where it shows it', async () => {
    expect(await verifyReproducer(wrongProgram())).toEqual({
      status: 'shows',
      why: 'differs: expected EPERM, observed EINVAL',
    });
  });

  test('on a target behind a command, linked statically', async () => {
    expect(await verifyReproducer(wrongProgram(), ['env'])).toMatchObject({ status: 'shows' });
  });

  test('a fault of the probe alone is not shown', async () => {
    const [fault] = errorFaults(PLAIN_CALLER);
    const text = fault === undefined ? '' : reproducerOf(fault.finding, { kernel });
    expect(typeof text === 'string' ? await verifyReproducer(text) : text).toEqual({
      status: 'does not show',
      why: 'conforms: EINVAL',
    });
  });

  test('a target that has the fault shows it', async () => {
    const workshop = new Workshop();
    try {
      const [fault] = errorFaults(PLAIN_CALLER);
      const text = fault === undefined ? '' : reproducerOf(fault.finding, { kernel });
      const prefix = [await workshop.shim(), ...(fault?.shim ?? []), '--'];
      expect(typeof text === 'string' ? await verifyReproducer(text, prefix) : text).toMatchObject({ status: 'shows' });
    } finally {
      workshop.remove();
    }
  });

  test.each<[what: string, text: string, prefix: string[], status: string, why: RegExp]>([
    ['no C', 'int main(void) { return }', [], 'not compiled', /error/],
    ['a status 1 of somebody else', 'int main(void) { return 0; }', ['false'], 'cannot judge', /exit code 1/],
    ['a target that is not there', 'int main(void) { return 0; }', ['/no/such'], 'cannot judge', /ENOENT/],
    ['a signal', 'int main(void) { __builtin_trap(); }', [], 'cannot judge', /SIG/],
  ])('%s', async (_, text, prefix, status, why) => {
    expect(await verifyReproducer(text, prefix)).toMatchObject({ status, why: expect.stringMatching(why) });
  });
});
