import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../spec/index.js';
import { MACHINE_FLAGS, PROBE_FLAGS, buildProbe } from './build.js';
import { hostArchitecture } from './compiler.js';

/** The style of the probe's C: each rule carries a line that must trip it, so that no rule is dead. */
const folder = join(packageRoot(), 'harness', 'probe');
const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));

interface Rule {
  readonly name: string;
  readonly bad: string;
  readonly trips: (line: string) => boolean;
}

const RULES: readonly Rule[] = [
  { name: 'lines end without white space', bad: 'int a; ', trips: (line) => /[ \t]$/.test(line) },
  { name: 'indentation is tabs', bad: '    return 0;', trips: (line) => /^ {2,}\S/.test(line) && !/^ \*/.test(line) },
  {
    name: 'lines have at most 130 columns',
    bad: 'x'.repeat(131),
    trips: (line) => line.replaceAll('\t', '        ').length > 130,
  },
  {
    name: 'comments are /* */',
    bad: 'int a; // number',
    trips: (line) => /(^|[^:"])\/\//.test(line) && !/".*\/\/.*"/.test(line),
  },
  {
    name: 'a keyword is set off from its parenthesis',
    bad: '\tif(a)',
    trips: (line) => /\b(if|for|while|switch)\(/.test(line),
  },
  {
    name: 'an opening brace of a block stands behind its condition',
    bad: '\t{',
    trips: (line) => /^\t+\{$/.test(line),
  },
  { name: 'no C library is included', bad: '#include <stdio.h>', trips: (line) => line.startsWith('#include <') },
];

describe('each rule of style', () => {
  test.each(RULES)('"$name" can trip', ({ bad, trips }) => {
    expect(trips(bad)).toBe(true);
  });

  test.each(RULES)('"$name" holds in every file', ({ trips }) => {
    const bad = sources.flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .flatMap((line, index) => (trips(line) ? [`${name}:${String(index + 1)}: ${line.trim().slice(0, 60)}`] : [])),
    );
    expect(bad).toEqual([]);
  });
});

describe('each header', () => {
  test.each(sources.filter((name) => name.endsWith('.h')))('%s says what it is about and is included once', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text.startsWith('/*')).toBe(true);
    expect(text).toMatch(/^#ifndef PROBE_\w+_H$/m);
  });
});

const COMPILERS = [
  { compiler: 'gcc', arch: hostArchitecture() },
  { compiler: 'clang', arch: hostArchitecture() },
  { compiler: 'aarch64-linux-gnu-gcc', arch: 'aarch64' },
  { compiler: 'riscv64-linux-gnu-gcc', arch: 'riscv64' },
  { compiler: 'i686-linux-gnu-gcc', arch: 'i386' },
  { compiler: 'x86_64-linux-gnu-gcc', arch: 'i386' },
  { compiler: 'arm-linux-gnueabihf-gcc', arch: 'arm' },
  { compiler: 'arm-linux-gnueabi-gcc', arch: 'arm' },
] as const;
const there = await Promise.all(
  COMPILERS.map(async ({ compiler }) => !(await execa(compiler, ['--version'], { reject: false })).failed),
);

describe('the probe', () => {
  for (const [index, { compiler, arch }] of COMPILERS.entries()) {
    const title = `for ${arch} builds without a warning with ${compiler}`;
    if (there[index] !== true) {
      test.skip(`${title} (it is not installed)`, () => undefined);
      continue;
    }
    test(title, async () => {
      const flags = compiler === 'clang' ? PROBE_FLAGS.filter((flag) => flag !== '-no-pie') : PROBE_FLAGS;
      const { stderr } = await execa(compiler, [
        ...flags,
        ...MACHINE_FLAGS[arch],
        '-Werror',
        '-o',
        join(tmpdir(), `clonecheck-style-${String(process.pid)}`),
        join(folder, 'probe.c'),
      ]);
      await execa('rm', ['-f', join(tmpdir(), `clonecheck-style-${String(process.pid)}`)]);
      expect(stderr).toBe('');
    });
  }

  test('is under 100 KB', async () => {
    expect(readFileSync(await buildProbe()).length).toBeLessThan(100_000);
  });
});
