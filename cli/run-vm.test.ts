import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { start } from '../harness/fixtures/command-line.js';
import { childrenOf, isGone, killed, runs, until } from '../harness/fixtures/processes.js';
import { cacheFolder } from '../harness/probe/cache.js';

const qemu = !(await execa('qemu-system-x86_64', ['--version'], { reject: false })).failed;
const kernels = process.env['CLONECHECK_KERNELS'] ?? join(cacheFolder(), 'kernels');
const names = existsSync(kernels) ? readdirSync(kernels).filter((name) => name.startsWith('vmlinuz-')) : [];
const kernel = names.sort().map((name) => join(kernels, name))[0];
const missing = qemu ? 'scripts/fetch-kernels has brought in no image' : 'qemu-system-x86_64 is not installed';

interface Footer {
  readonly cases: number;
  readonly counts: Readonly<Record<'pass' | 'fail' | 'blocked' | 'not-run', number>>;
  readonly lost: readonly { readonly why: string }[];
  readonly deaths?: readonly string[];
}

const machinesOf = (pid: number): readonly number[] =>
  childrenOf(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${String(child)}/cmdline`, 'utf8').includes('initrd');
    } catch {
      return false;
    }
  });
const read = (pid: number): number =>
  Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/io`, 'utf8'))?.[1]);

describe('a virtual machine that is killed in the middle of a run', () => {
  if (!qemu || kernel === undefined) {
    test.skip(`is no pass (${missing})`, () => undefined);
    return;
  }

  test('is no pass; every case is accounted for, the cause is named, and nothing is left running', async () => {
    const { pid, ended } = start([
      ...['run', '--target', `vm:${kernel}`, '--jobs', '1', '--seed', '1'],
      ...['--runs', '4000', '--scenarios', '0', '--format', 'json'],
    ]);
    await until('the machine runs', () => machinesOf(pid).length > 0, 60);
    const before = read(pid);
    // Answers of some hundred cases, so that the run is in its midst.
    await until('the probe answers', () => read(pid) > before + 60_000, 120);
    const first = killed(machinesOf(pid)[0]);
    const seen = new Set([first]);
    await until('another machine runs', () => machinesOf(pid).some((machine) => !seen.has(machine)), 60);
    for (const machine of machinesOf(pid)) seen.add(machine);
    const { status, stdout, stderr } = await ended;
    expect(stderr).toBe('');
    expect(status).toBe(3);
    const lines = stdout.trimEnd().split('\n');
    const footer = JSON.parse(lines.at(-1) ?? '') as Footer;
    const { pass, fail, blocked, 'not-run': notRun } = footer.counts;
    expect(pass + fail + blocked + notRun).toBe(footer.cases);
    expect(footer.cases).toBeGreaterThan(4000);
    expect(fail).toBe(0);
    expect(notRun).toBeLessThanOrEqual(1);
    expect(JSON.stringify(footer)).toMatch(/the virtual machine|SIGKILL|ended/);
    for (const machine of seen) await isGone(machine);
    expect(runs(pid)).toBe(false);
  }, 300_000);
});
