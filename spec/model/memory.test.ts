import { expect, test } from '@jest/globals';
import { callerNamed, nominalFacts } from '../callers.js';
import { parseCall } from '../text/parse.js';
import type { KernelFacts } from './facts.js';
import { nominalKernel } from './nominal.js';
import { predict } from './predict.js';

const MACHINES: readonly Partial<KernelFacts>[] = [
  { arch: 'x86_64', la57: false },
  { arch: 'x86_64', la57: true },
  { arch: 'aarch64' },
  { arch: 'riscv64' },
];
const allowed = (machine: Partial<KernelFacts>, call: string): readonly string[] => {
  const kernel = { ...nominalKernel([6, 12, 0]), ...machine };
  return predict({ kernel, caller: nominalFacts(callerNamed('root'), kernel) }, parseCall(call).call).allowed;
};

test.each(MACHINES)(
  'nothing is stored where user space of x86-64 ends, whether it goes on there or not: %o',
  (machine) => {
    expect(allowed(machine, 'clone(CLONE_PIDFD, parent_tid=0x800000000000)')).toEqual(['EFAULT']);
    expect(allowed(machine, 'clone(CLONE_PIDFD, parent_tid=0x7ffffffffffe)')).toEqual(['EFAULT']);
  },
);

test('where a kernel puts its stacks is taken as good', () => {
  expect(allowed({ arch: 'aarch64' }, 'clone(CLONE_PIDFD, parent_tid=0xffffd3a1c2b0)')).toEqual(['success']);
  expect(allowed({ arch: 'x86_64' }, 'clone(CLONE_PIDFD, parent_tid=0x7ffd3a1c2b00)')).toEqual(['success']);
});
