import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { start } from '../harness/fixtures/command-line.js';
import { childrenOf, isGone, killed, runs, until } from '../harness/fixtures/processes.js';

const isProbe = (pid: number): boolean => {
  try {
    // Its own path, not one that a compiler writes.
    return /^[^\0]*\/probe-/.test(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
};

// Without a PID namespace a case that is stopped at the wrong moment outlives its probe: SECURITY.md names it.
const hindered =
  process.getuid?.() === 0 ? '' : ' (not as an ordinary user: a stopped case may outlive its probe there)';

(hindered === '' ? test : test.skip)(
  `a probe that is stopped ends with a clonecheck that is killed${hindered}`,
  async () => {
    const { pid, ended } = start(['run', '--runs', '1000000', '--scenarios', '0', '--jobs', '1', '--no-corpus']);
    await until('a probe runs', () => childrenOf(pid).some(isProbe));
    const read = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/io`, 'utf8'))?.[1]);
    const before = read();
    await until('it answers', () => read() > before + 20_000);
    const probe = childrenOf(pid).find(isProbe) ?? 0;
    const family = [probe, ...childrenOf(probe)];
    // Its process group; the janitor has one of its own, and cleans up behind the others.
    process.kill(-probe, 'SIGSTOP');
    killed(pid);
    await ended;
    await Promise.all(family.map(isGone));
    expect(family.filter(runs)).toEqual([]);
  },
);
