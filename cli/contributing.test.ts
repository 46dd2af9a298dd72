import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../spec/index.js';

/** One step of CONTRIBUTING.md: what is put into a file, behind what. */
interface Step {
  readonly file: string;
  readonly behind: string;
  readonly block: string;
}

const page = readFileSync(join(packageRoot(), 'CONTRIBUTING.md'), 'utf8');
const STEPS: readonly Step[] = [
  ...page.matchAll(/[Ii]n `([^`]+)`, behind `([^`]+)`:\n\n```\w+\n([^`]*(?:`(?!``)[^`]*)*)```/g),
].map(([, file = '', behind = '', block = '']) => ({ file, behind, block }));

/** Does a step: the block stands behind the entry, or the function of C, that begins on the line with these words. */
function done(text: string, { behind, block }: Step): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes(behind));
  if (start < 0) throw new Error(`there is no ${behind}`);
  const depth = (line = ''): number => /^ */.exec(line)?.[0].length ?? 0;
  let end = start + 1;
  if (lines[end] === '{') end = lines.indexOf('}', end) + 1;
  while ((lines[end] ?? '') !== '' && depth(lines[end]) > depth(lines[start])) end++;
  return [...lines.slice(0, end), ...block.trimEnd().split('\n'), ...lines.slice(end)].join('\n');
}

/** What the copy's own modules say; it is run there. */
const QUESTIONS = `
  import fc from 'fast-check';
  import { calls, scenarios } from './dist/generators/index.js';
  import { sweepSpaces } from './dist/harness/index.js';
  import * as spec from './dist/spec/index.js';
  const { SPECIFICATION, FLAGS, callerNamed, nominalFacts, nominalKernel, predict, simulate, concrete, compareTraces } = spec;
  const kernel = nominalKernel([7, 3, 0]);
  const caller = callerNamed('root');
  const facts = { kernel, caller: nominalFacts(caller, kernel) };
  const bit = FLAGS.find(({ name }) => name === 'CLONE_CALM').value;
  const made = fc.sample(calls({ caller: 'root' }), { seed: 42, numRuns: 8000 });
  const without = SPECIFICATION.with((clause) => (clause.id === 'errors/calm-with-thread' ? undefined : clause));
  const answers = (call, specification) => String(predict(facts, call, { specification }).allowed);
  const grown = fc.sample(scenarios(caller, facts), { seed: 42, numRuns: 2000 });
  const broken = new Set(['effects/calm']);
  console.log(JSON.stringify({
    calls: made.filter((call) => call.call === 'clone3' && (call.args.flags & bit) !== 0n).length,
    judgingCalls: made.filter((call) => answers(call, SPECIFICATION) !== answers(call, without)).length,
    judgingScenarios: grown.filter((scenario) =>
      compareTraces(simulate(facts, scenario, broken).results, concrete(simulate(facts, scenario).results)) !== undefined).length,
    swept: sweepSpaces().filter(({ name, words, callAt }) =>
      name === 'clone3-sets' && Array.from({ length: words }, (_, at) => callAt(at)).some(({ args }) => (args.flags & bit) !== 0n)).length,
  }));
`;

describe('CONTRIBUTING.md, followed to the letter in a copy of the project', () => {
  const copy = mkdtempSync(join(tmpdir(), 'clonecheck-contributing-'));
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });
  const clonecheck = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execa('node', ['dist/cli/main.js', ...args], {
      cwd: copy,
      reject: false,
      env: { NODE_OPTIONS: '' },
    });
    return stdout;
  };

  beforeAll(async () => {
    const left = ['node_modules', '.git', 'coverage'];
    for (const name of readdirSync(packageRoot()).filter((each) => !left.includes(each)))
      cpSync(join(packageRoot(), name), join(copy, name), { recursive: true });
    symlinkSync(join(packageRoot(), 'node_modules'), join(copy, 'node_modules'));
    for (const step of STEPS) {
      const path = join(copy, step.file);
      writeFileSync(path, done(readFileSync(path, 'utf8'), step));
    }
    await execa('npm', ['run', '--silent', 'documents'], { cwd: copy, env: { NODE_OPTIONS: '' } });
  });

  test('has a step for each thing that can be added, and builds', () => {
    expect(STEPS.map(({ file }) => file)).toEqual([
      'spec/flags.yaml',
      'spec/flags.test.ts',
      'spec/features.yaml',
      'spec/errors.yaml',
      'spec/model/copy_process.ts',
      'spec/effects.yaml',
      'spec/model/kernel/copy_process.ts',
      'spec/callers.yaml',
      'spec/scenario/operations.ts',
      'spec/model/kernel/steps/identity.ts',
      'harness/probe/steps_tasks.h',
      'harness/probe/operations.h',
      'docs/targets.yaml',
      'reports/render.ts',
      'cli/report.test.ts',
    ]);
  });

  test('the flag is listed, and read and written by its name', async () => {
    expect(await clonecheck('spec', '--flags', '--format', 'pretty')).toMatch(
      /0x4000000000 +CLONE_CALM +clone3 +The child begins at nice 0\./,
    );
    expect(
      await clonecheck('explain', '--kernel', '7.3', 'clone3({flags=CLONE_CALM, exit_signal=SIGCHLD}, 88)'),
    ).toMatch(/^clone3\(\{flags=CLONE_CALM, .*\n {2}success on Linux 7\.3/);
  });

  test('explain names the refusal, and an older Linux does not know the flag', async () => {
    const call = 'clone3({flags=CLONE_CALM|CLONE_THREAD|CLONE_SIGHAND|CLONE_VM}, 88)';
    expect(await clonecheck('explain', '--kernel', '7.3', call)).toMatch(
      /EINVAL on Linux 7\.3.*\n {2}errors\/calm-with-thread: Threads of one/,
    );
    expect(await clonecheck('explain', '--kernel', '7.2', call)).toMatch(
      /EINVAL on Linux 7\.2.*\n {2}errors\/clone3-undefined-flags:/,
    );
  });

  test('generators and sweeps come to it, and what they make tells the refusal and the effect apart', async () => {
    const { stdout } = await execa('node', ['--input-type=module', '-e', QUESTIONS], {
      cwd: copy,
      env: { NODE_OPTIONS: '' },
    });
    const counts = JSON.parse(stdout) as Readonly<Record<string, number>>;
    expect(counts).toEqual({
      calls: expect.any(Number),
      judgingCalls: expect.any(Number),
      judgingScenarios: expect.any(Number),
      swept: expect.any(Number),
    });
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  });

  test('a run accounts for it: a kernel without it is not judged, one that claims to have it differs', async () => {
    const few = [
      '--caller',
      'user',
      '--runs',
      '50',
      '--scenarios',
      '10',
      '--no-corpus',
      '--seed',
      '1',
      '--format',
      'pretty',
    ];
    const here = await clonecheck('run', '--kernel', '7.2', ...few);
    expect(here).toMatch(/errors\/calm-with-thread: this kernel lacks calm \(since 7\.3\)/);
    expect(here).toMatch(/effects\/calm: this kernel is older/);
    const claimed = await clonecheck(
      'run',
      '--kernel',
      '7.3',
      '--only',
      'otherwise-accepted',
      ...few,
      '--format',
      'json',
    );
    expect(claimed).toContain('CLONE_CALM');
  });

  test('the step is performed, and comes out as the model says', async () => {
    const steps = { caller: 'user', steps: ['0: clone(SIGCHLD) -> task 1', '1: own_tid()', '0: own_tid()'] };
    writeFileSync(join(copy, 'own-tid.yaml'), JSON.stringify(steps));
    expect(await clonecheck('replay', '--format', 'pretty', 'own-tid.yaml')).toMatch(
      /1: own_tid\(\) [^]*\nas predicted$/,
    );
  });

  test('the target is run, and the report written', async () => {
    const few = [
      '--caller',
      'user',
      '--runs',
      '1',
      '--scenarios',
      '0',
      '--no-corpus',
      '--seed',
      '1',
      '--format',
      'json',
    ];
    const results = await clonecheck('run', '--target', 'nice', '--targets', 'docs/targets.yaml', ...few);
    writeFileSync(join(copy, 'nice.ndjson'), results);
    expect(await clonecheck('report', '--format', 'tally', 'nice.ndjson')).toBe('exec:nice: ');
  });

  test('the reference, the callers and the header’s values have it', async () => {
    const reference = readFileSync(join(copy, 'docs', 'reference.md'), 'utf8');
    expect(reference).toMatch(/`--format <format>` \| pretty, junit, ktap, tally/);
    for (const name of ['CLONE_CALM', 'errors/calm-with-thread', 'effects/calm', 'user-no-new-privs'])
      expect(reference).toContain(`\`${name}\``);
    expect(await clonecheck('explain', '--caller', 'user-no-new-privs', 'fork()')).toMatch(
      /for caller user-no-new-privs/,
    );
    const { exitCode, stderr } = await execa(
      'node',
      ['node_modules/jest/bin/jest.js', '-i', '--roots', 'spec', '--', 'spec/flags.test'],
      { cwd: copy, reject: false, env: { NODE_OPTIONS: '--experimental-vm-modules' } },
    );
    expect(exitCode === 0 ? '' : stderr).toBe('');
  });
});
