import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readExamples, simulate, type Example } from '../../spec/index.js';
import { PLAIN_CALLER } from '../../harness/fixtures/targets.js';
import { effectFaults, errorFaults, here, type Here } from './fixtures/cases.js';
import { Workshop, forEachOf, isThere, runProgram } from './fixtures/programs.js';
import { reproducerOf, testProgramOfScenario, type ReproducerText } from './reproducer.js';

const workshop = new Workshop();
let machine: Here;
let shim: string;
const programs = new Map<string, string>();

/** What can be told of an example: the callers of some cannot be made by an ordinary user. */
const examples = readExamples();
const errors = errorFaults(PLAIN_CALLER);
const nameOf = (index: number): string => `error-${index}`;

beforeAll(async () => {
  machine = await here(['root', 'user']);
  shim = await workshop.shim();
  for (const [index, { finding }] of errors.entries())
    keep(nameOf(index), reproducerOf(finding, optionsFor(finding.minimal.caller.name)));
  for (const { name, scenario } of examples) {
    if (!machine.callers.has(scenario.caller.name)) continue;
    keep(name, testProgramOfScenario(scenario, { title: name, ...optionsFor(scenario.caller.name) }));
  }

  function optionsFor(name: string): Parameters<typeof reproducerOf>[1] {
    const caller = machine.callers.get(name);
    return { kernel: machine.kernel, ...(caller && { caller }) };
  }

  function keep(name: string, text: ReproducerText): void {
    if (typeof text !== 'string') throw new Error(`${name}: ${text.unavailable}`);
    programs.set(name, text);
  }
});

afterAll(() => {
  workshop.remove();
});

const BOTH = [['gcc'], ['clang']];
const there = await Promise.all(BOTH.map(([name = '']) => isThere(name)));

describe('on a kernel that conforms a program says so, whatever compiled it without a warning', () => {
  for (const [index, compiler] of BOTH.entries()) {
    const title = `every program, by ${compiler.join(' ')}`;
    if (there[index] !== true) {
      test.skip(`${title} (it is not installed)`, () => undefined);
      continue;
    }
    test(title, async () => {
      const wrong = await forEachOf([...programs], async ([name, text]) => {
        const { path, said } = await workshop.compile(name, text, compiler);
        if (said !== '') return [`${name}: ${said}`];
        const { status, line } = await runProgram([path]);
        return status === 0 && line.startsWith('conforms: ') ? [] : [`${name}: exit ${status}: ${line}`];
      });
      expect(wrong.flat()).toEqual([]);
    });
  }
});

describe('on a kernel with the fault a program exits with 1, and says what differs', () => {
  /** Not everything is known of a caller that was started in somebody else's namespaces, and then much may be. */
  function isForetold({ name, scenario }: Example): boolean {
    const caller = machine.callers.get(scenario.caller.name);
    const results = caller === undefined ? [] : simulate({ kernel: machine.kernel, caller }, scenario).results;
    const foretold = results.every(({ kind }, step) => kind !== 'open' || scenario.steps[step]?.op !== 'clone');
    if (!foretold) console.log(`not tested: ${name}: not enough is known of the caller here`);
    return foretold;
  }

  /** Runs under the shim. */
  async function faulty(name: string, words: readonly string[]): Promise<{ status: number | undefined; line: string }> {
    const { path } = await workshop.compile(name, programs.get(name) ?? '', ['cc']);
    return runProgram([shim, ...words, '--', path]);
  }

  test('the shim alone changes nothing', async () => {
    const said = await forEachOf(['files-shared', nameOf(0), 'vfork'], async (name) => (await faulty(name, [])).status);
    expect(said).toEqual([0, 0, 0]);
  });

  test('calls that are accepted, refused, or refused with another error', async () => {
    const said = await forEachOf([...errors.entries()], async ([index, { shim: words }]) =>
      faulty(nameOf(index), words),
    );
    expect(said).toEqual(
      errors.map(({ finding: { expected, observed } }) => ({
        status: 1,
        line: `differs: expected ${expected.join(' or ')}, observed ${observed}`,
      })),
    );
  });

  test('flags without their effect, and effects without their flag', async () => {
    const faults = effectFaults().filter(({ example }) => programs.has(example.name) && isForetold(example));
    const said = await forEachOf(faults, async ({ example, shim: words }) => {
      const { status, line } = await faulty(example.name, words);
      return status === 1 && /^differs: step \d+, .*: expected .*, observed /.test(line)
        ? []
        : [`${example.name} ${words.join(' ')}: ${status} ${line}`];
    });
    expect(said.flat()).toEqual([]);
    expect(faults.length + errors.length).toBeGreaterThanOrEqual(30);
  });
});
