import { describe, expect, test } from '@jest/globals';
import { FINDING, resultWith } from '../harness/fixtures/results.js';
import { annotations } from './annotations.js';
import { PROGRAM, resultsWith } from './fixtures/results.js';
import { markdown } from './markdown.js';

/** A text of Markdown without its code: blocks by their fences, spans by theirs. Throws where one is not closed. */
export function withoutCode(text: string): string {
  let open: string | undefined;
  const outside = text.split('\n').filter((line) => {
    const fence = /^(`{3,})[^`]*$/.exec(line)?.[1];
    if (open === undefined) {
      open = fence;
      return fence === undefined;
    }
    if (fence !== undefined && line === fence && fence.length >= open.length) open = undefined;
    return false;
  });
  if (open !== undefined) throw new Error('a block of code is not closed');
  return outside.map((line) => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).join('\n');
}

describe('Markdown', () => {
  const text = markdown([resultsWith()]);

  test('has the verdict on top, then differences, then what was not judged', () => {
    expect(text).toMatch(
      /^# clonecheck\n\n\*\*DIFFERS from Linux as specified\*\* · 3 of 6 clauses judged, 2 differences\n/,
    );
    const heads = [...text.matchAll(/^## (.*)$/gm)].map(([, head]) => head);
    expect(heads).toEqual([
      'Differences (2)',
      'Unstable: seen, but not each time (1)',
      'Not reached, though nothing stands in the way: run longer (1)',
      'Blocked here (1)',
      'Not judged (1)',
    ]);
    expect(text).toContain("clonecheck replay --caller root 'clone(CLONE_NEWNS|CLONE_FS)'\n");
  });

  test('holds a C program as it is, in a fence that it cannot close', () => {
    expect(text).toContain(`\`\`\`\`c\n${PROGRAM}\`\`\`\`\n`);
    expect(withoutCode(text)).not.toContain('<b>');
  });

  test('stays below the size that GitHub takes: programs go first, then differences, and it says so', () => {
    const findings = Array.from({ length: 100 }, (_, index) => ({ ...FINDING, kind: String(index) }));
    const results = resultsWith(resultWith({ findings }), { reproducer: () => 'x'.repeat(60_000) });
    const large = markdown([results]);
    expect(Buffer.byteLength(large)).toBeLessThanOrEqual(1024 * 1024);
    expect(large).toContain('The C program is left out');
    expect(large.match(/^### /gm)).toHaveLength(100);
    const small = markdown([results], 4096);
    expect(Buffer.byteLength(small)).toBeLessThanOrEqual(4096);
    expect(small).toMatch(
      /> \*\*Left out: \d+ differences\.\*\* This text may have 4 KiB; the results hold everything\.\n$/,
    );
    expect(() => withoutCode(small)).not.toThrow();
    expect(markdown([results], -5)).toBe('');
  });
});

describe('annotations for GitHub', () => {
  test('are an error for each difference, a warning for what did not repeat', () => {
    const lines = annotations(resultsWith());
    expect(lines.map((line) => line.replace(/::.*/, '').length)).toEqual([0, 0, 0]);
    expect(lines[0]).toBe(
      "::error title=errors/fs-with-newns::root: clone(CLONE_NEWNS|CLONE_FS)%0Anot refused: expected EINVAL, observed success; 5 of 5 runs%0Aagain: clonecheck replay --caller root 'clone(CLONE_NEWNS|CLONE_FS)'",
    );
    expect(lines[2]).toMatch(/^::warning title=unstable%3A errors\/otherwise-accepted::/);
  });

  test('are one for a run that says too little, and none for one that conforms', () => {
    expect(annotations(resultsWith(resultWith()))).toEqual([]);
    expect(annotations(resultsWith(resultWith({ interrupted: true })))).toEqual([
      '::error title=clonecheck::INTERRUPTED: no difference in what ran',
    ]);
  });

  test('are no more than GitHub shows', () => {
    const lines = annotations(resultsWith(resultWith({ findings: Array.from({ length: 12 }, () => FINDING) })));
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe('::error title=clonecheck::3 more stand in the report');
  });

  test('cannot be ended by what they hold', () => {
    const [finding] = resultsWith().findings;
    if (finding === undefined) throw new Error('no finding');
    const results = { ...resultsWith(), findings: [{ ...finding, summary: '50%\n::error::x', clause: 'a,b::c' }] };
    expect(annotations(results)).toEqual([
      expect.stringMatching(/^::error title=a%2Cb%3A%3Ac::[^\n]*50%25%0A::error::x/),
    ]);
  });
});
