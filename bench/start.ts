import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../spec/index.js';
import { median } from './reductions.js';

const STARTS = 7;

/**
 * How long somebody waits for the verdict on one case: from the start of the command until its report.
 *
 * @returns the median of some starts, in seconds
 */
export async function secondsToVerdict(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-bench-'));
  try {
    const file = join(folder, 'case.yaml');
    writeFileSync(file, '{caller: user, call: "clone(CLONE_NEWNS|CLONE_FS|SIGCHLD)"}\n');
    const seconds: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      const { stdout, durationMs } = await execa('node', [
        join(packageRoot(), 'dist', 'cli', 'main.js'),
        ...['replay', file],
      ]);
      if (!stdout.includes('"verdict":"pass"')) throw new Error('no verdict');
      seconds.push(durationMs / 1000);
    }
    return median(seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
