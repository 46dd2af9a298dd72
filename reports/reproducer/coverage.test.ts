import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  CALLERS,
  ERROR_CLAUSES,
  NEWEST_KERNEL,
  callerNamed,
  nominalKernel,
  packageRoot,
  parseCall,
  parseStep,
  type Step,
} from '../../spec/index.js';
import { OPERATIONS, argumentsOf, isOperationName, type ArgumentKind } from '../../spec/scenario/operations.js';
import { Workshop, forEachOf, isThere } from './fixtures/programs.js';
import { testProgramOfCall, testProgramOfScenario, type ReproducerText } from './reproducer.js';

const workshop = new Workshop();
afterAll(() => {
  workshop.remove();
});

const table = readFileSync(join(packageRoot(), 'harness', 'probe', 'operations.h'), 'utf8');
const kernel = nominalKernel(NEWEST_KERNEL);

/** How an argument of each kind is written. */
const SAMPLES: Readonly<Record<ArgumentKind, string>> = {
  task: 'task 0',
  'task or any': 'any',
  status: '0',
  'wait options': 'WNOHANG',
  signal: 'SIGCHLD',
  address: '&a',
  number: '0',
  page: 'page 1',
  fd: '20',
  whence: 'SEEK_SET',
  mask: '0x1',
  octal: '022',
  disposition: 'ignore',
  directory: '"/"',
  'namespace kind': 'uts',
  'host name': '"h1"',
  undo: 'SEM_UNDO',
  flags: 'CLONE_FS',
  'ptrace options': 'PTRACE_O_TRACEFORK',
  'kcmp type': 'KCMP_VM',
  policy: 'SCHED_OTHER',
};

/** The model may know operations that the probe does not have yet: of these there can be no program. */
function isInProbe(name: string): boolean {
  const row = `{ "${name === 'waitid_pidfd' ? 'waitid' : name}",`;
  if (table.includes(row)) return true;
  console.log(`not tested: the probe has no operation ${name}`);
  return false;
}

const steps: readonly Step[] = [
  ...Object.keys(OPERATIONS)
    .filter(isOperationName)
    .filter(isInProbe)
    .map((name) =>
      parseStep(
        `0: ${name}(${argumentsOf(name)
          .map(([, kind]) => SAMPLES[kind])
          .join(', ')})`,
      ),
    ),
  ...['clone(SIGCHLD)', 'clone3({exit_signal=SIGCHLD})', 'fork()', 'vfork()'].map((call, index) =>
    parseStep(`0: ${call} → task ${index + 1}`),
  ),
];

/** Programs by their names: every caller, every call that a clause shows, every operation. */
function everyProgram(): ReadonlyMap<string, string> {
  const programs = new Map<string, string>();
  const keep = (name: string, text: ReproducerText): void => {
    if (typeof text !== 'string') throw new Error(`${name}: ${text.unavailable}`);
    programs.set(name, text);
  };
  for (const { name } of CALLERS) {
    const caller = callerNamed(name);
    keep(`caller-${name}`, testProgramOfCall({ caller, call: parseCall('clone(SIGCHLD)').call }, { kernel }));
  }
  for (const { id, example } of ERROR_CLAUSES.clauses) {
    if (example === undefined) continue;
    const subject = { caller: callerNamed(example.caller), call: parseCall(example.call).call };
    keep(id.replace('/', '-'), testProgramOfCall(subject, { kernel }));
  }
  const plans = [steps.slice(0, steps.length / 2), steps.slice(steps.length / 2)];
  for (const [index, plan] of plans.entries())
    keep(
      `all-steps-${index}`,
      testProgramOfScenario({ caller: callerNamed('user'), steps: plan }, { kernel, title: 'all' }),
    );
  for (const step of steps) {
    const name = step.op === 'clone' ? step.call.call : step.op;
    keep(
      `step-${name}`,
      testProgramOfScenario({ caller: callerNamed('user'), steps: [step] }, { kernel, title: name }),
    );
  }
  return programs;
}

const COMPILERS = [
  'gcc',
  'clang',
  'aarch64-linux-gnu-gcc',
  'riscv64-linux-gnu-gcc',
  'i686-linux-gnu-gcc',
  'arm-linux-gnueabihf-gcc',
];
const there = await Promise.all(COMPILERS.map(isThere));

describe('every caller, every call of a clause and every operation becomes a program that compiles without a warning', () => {
  for (const [index, compiler] of COMPILERS.entries()) {
    if (there[index] !== true) {
      test.skip(`by ${compiler} (it is not installed)`, () => undefined);
      continue;
    }
    test(`by ${compiler}`, async () => {
      // Those for other machines say the same of all but the machine's own part.
      const programs = [...everyProgram()].filter(([name]) => index === 0 || /^(?:caller|all)-/.test(name));
      const said = await forEachOf(programs, async ([name, text]) => {
        const { said } = await workshop.compile(name, text, [compiler, '-fsyntax-only']);
        return said === '' ? [] : [`${name}: ${said.slice(0, 400)}`];
      });
      expect(said.flat()).toEqual([]);
    });
  }
});

test('a program says on top what it is about', () => {
  const subject = { caller: callerNamed('user'), call: parseCall('clone(CLONE_NEWNS|CLONE_FS)').call };
  const text = testProgramOfCall(subject, { kernel });
  expect(typeof text === 'string' ? text.slice(0, text.indexOf('*/') + 2) : text).toBe(`/*
 * errors/fs-with-newns: EINVAL
 *
 *     user: clone(CLONE_NEWNS|CLONE_FS)
 *
 * expected  EINVAL
 * clause    errors/fs-with-newns: A root directory cannot be shared with a task in another mount namespace.
 * rule      EINVAL where CLONE_NEWNS && CLONE_FS
 * source    kernel/fork.c copy_process(); clone(2) ERRORS EINVAL
 * caller    user: an ordinary user (user)
 * held to   Linux 7.3
 * compile   cc -o reproducer FILE.c, on x86-64, aarch64, riscv64, i386 or arm; with -static too
 * exit      0 conforms, 1 differs, 77 cannot judge here; one line says which
 */`);
});
