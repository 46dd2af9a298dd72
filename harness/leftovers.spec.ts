import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { localTarget, run, withSession } from './index.js';

/**
 * After 100,000 cases nothing is left behind. Other programs run on the machine too, so what is counted carries a mark: every
 * process below a probe inherits the probe's environment, and every cgroup directory its name.
 */
const CASES = 100_000;

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Processes whose environment holds the mark. */
function markedProcesses(mark: string): readonly string[] {
  return entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}

/** Children of this process, dead ones that nobody has waited for among them. */
function children(): readonly string[] {
  return entries('/proc/self/task').flatMap((task) => {
    const list = readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ');
  });
}

/** Directories that probes make, in every cgroup hierarchy. */
function cgroupDirectories(): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, folder = '']) => folder);
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const name of entries(folder)) {
      if (name.includes('.')) continue;
      if (name.startsWith('clonecheck-')) found.push(join(folder, name));
      walk(join(folder, name));
    }
  };
  for (const folder of mounts) walk(folder);
  return found;
}

/** Temporary files go to a folder of this test's own while it runs. */
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-leftovers-'));
process.env['TMPDIR'] = folder;
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const files = (): readonly string[] => entries(folder);
const mounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');
const descriptors = (): number => entries('/proc/self/fd').length;
/** Of cgroup directories only those count that belong to no living probe: other tests may run beside this one. */
const orphaned = (folders: readonly string[]): readonly string[] =>
  folders.filter((folder) => entries(`/proc/${/clonecheck-(\d+)/.exec(folder)?.[1] ?? ''}`).length === 0);

test(`${String(CASES)} cases leave no process, descriptor, mount, cgroup or file behind`, async () => {
  const mark = `CLONECHECK_MARK=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  process.env[name] = value;
  // The count can find something: while a probe runs, it does.
  expect(await withSession(localTarget(), () => Promise.resolve(markedProcesses(mark).length))).toBeGreaterThan(0);
  // The first run compiles the probe and opens what Node keeps open.
  await run(localTarget(), { runs: 100, seed: 1, jobs: 2, order: 'strict', level: 'linux' });
  const before = {
    children: children(),
    files: files(),
    mounts: mounts(),
    descriptors: descriptors(),
    cgroups: orphaned(cgroupDirectories()),
  };

  const result = await run(localTarget(), { runs: CASES, seed: 8, jobs: 2, order: 'strict', level: 'linux' });

  expect(result.cases).toBeGreaterThanOrEqual(CASES);
  expect(result.findings).toEqual([]);
  expect(result.unstable).toEqual([]);
  expect(result.lost).toEqual([]);
  expect(markedProcesses(mark)).toEqual([String(process.pid)].filter((pid) => markedProcesses(mark).includes(pid)));
  const after = {
    children: children(),
    files: files(),
    mounts: mounts(),
    descriptors: descriptors(),
    cgroups: orphaned(cgroupDirectories()),
  };
  expect(after).toEqual(before);
});
