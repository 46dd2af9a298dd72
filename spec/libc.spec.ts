import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseExpectations } from '../harness/expectations.js';
import { holdLibcTo } from '../harness/libc/expectations.js';
import { runLibc, type LibcRun } from '../harness/libc/index.js';
import { packageRoot } from './index.js';

/**
 * Holds the libcs of this machine to `libc.yaml`: one test a clause, under its id. The cases that need handlers of pthread_atfork() are the
 * worked example pthread_atfork-handlers-do-not-run.
 */
interface Tried {
  readonly compiler: string;
  /** The Debian package that has it. */
  readonly from: string;
  /** What it is known to do otherwise, under `targets/expect/`. */
  readonly expected?: string;
}

const COMPILERS: readonly Tried[] = [
  { compiler: 'gcc', from: 'gcc' },
  { compiler: 'gcc -static', from: 'libc6-dev' },
  { compiler: 'musl-gcc', from: 'musl-tools', expected: 'libc-musl.yaml' },
  { compiler: 'musl-gcc -static', from: 'musl-tools', expected: 'libc-musl.yaml' },
  { compiler: 'diet gcc', from: 'dietlibc-dev', expected: 'libc-diet.yaml' },
  { compiler: 'klcc', from: 'libklibc-dev' },
  { compiler: 'klcc -shared', from: 'libklibc-dev' },
];

for (const { compiler, from, expected } of COMPILERS) {
  const [file = '', ...words] = compiler.split(' ');
  const { code } = await execa(file, [...words, '--version'], { reject: false });
  describe(`the libc of ${compiler}`, () => {
    if (code === 'ENOENT') {
      test.skip(`there is no ${file} here: install ${from}`, () => undefined);
      return;
    }
    const path = join(packageRoot(), 'targets', 'expect', expected ?? '');
    const entries = expected === undefined ? [] : parseExpectations(readFileSync(path, 'utf8'), path);
    let run: LibcRun;
    beforeAll(async () => {
      run = await runLibc(`libc:${compiler}`, { level: 'linux' });
    });

    test('differs as is known and in nothing else', () => {
      const held = holdLibcTo(run, entries, '2026-01-01');
      const known = held.met.map(({ finding }) => finding);
      const told = [...run.findings, ...run.unstable]
        .filter((finding) => !known.includes(finding))
        .map(({ clause, kind, observed }) => `${clause.id}: ${kind}; observed ${observed}`);
      expect(told).toEqual([]);
      expect(held.broken.map(({ what }) => what)).toEqual([]);
      expect(held.unjudged).toEqual([]);
    });

    test('every case that it has comes to an answer, and compiles without a warning', () => {
      const { counts, lost, deaths, warnings } = run;
      expect({ ...counts, lost, deaths, warnings }).toMatchObject({
        blocked: 0,
        'not-run': 0,
        lost: [],
        deaths: [],
        warnings: [],
      });
      expect(counts.pass).toBeGreaterThan(10);
    });

    test('what is not judged says why: it is left open, or the libc does not have it', () => {
      const whys = run.clauses.filter(({ verdict }) => verdict === 'not-run').map(({ why = '' }) => why);
      expect(whys.filter((why) => !/^(left open; observed: .|this libc has no .*: .)/.test(why))).toEqual([]);
    });
  });
}
