import { describe, expect, test } from '@jest/globals';
import { FINDING } from '../harness/fixtures/results.js';
import { nominalKernel } from '../spec/index.js';
import { brokenEffect, resultsWith } from './fixtures/results.js';
import { render } from './render.js';
import { reproducerOf } from './reproducer/index.js';

const WHY = 'without it errors/fs-with-newns does not decide';
const text = (format: Parameters<typeof render>[1]): string => render([resultsWith()], format);

describe('why each part of a case is there is told', () => {
  test('in a line of its finding', () => {
    const [finding] = resultsWith().findings;
    expect(finding?.needed).toEqual([
      { part: 'CLONE_NEWNS', why: WHY },
      { part: 'CLONE_FS', why: WHY },
    ]);
    expect(text('json')).toContain(`"needed":[{"part":"CLONE_NEWNS","why":"${WHY}"}`);
  });

  test('in a terminal, parts with one reason together', () => {
    expect(text('pretty')).toContain(`    needed: CLONE_NEWNS, CLONE_FS: ${WHY}\n`);
    expect(text('pretty')).toContain('; CLONE_FILES of task 1: without it all comes out as predicted\n');
  });

  test('in Markdown and on the page', () => {
    expect(text('markdown')).toContain(`- \`CLONE_NEWNS\`, \`CLONE_FS\`: \`${WHY}\`\n`);
    expect(text('html')).toMatch(new RegExp(`<code>CLONE_NEWNS</code>,\\s*<code>CLONE_FS</code>: ${WHY}`));
  });

  test.each([
    ['a call', FINDING, ` * needed    CLONE_NEWNS, CLONE_FS: ${WHY}\n`],
    [
      'a scenario',
      brokenEffect('files-shared', 'effects/files-shared'),
      ' *           CLONE_FILES of task 1: without it all comes out as predicted\n',
    ],
  ])('on top of the C program of %s', (_, finding, line) => {
    expect(reproducerOf(finding, { kernel: nominalKernel([6, 12, 0]) })).toContain(line);
  });
});
