import { describe, expect, test } from '@jest/globals';
import { FINDING, resultWith } from '../../harness/fixtures/results.js';
import { resultsWith } from '../fixtures/results.js';
import { html } from './page.js';

describe('the page', () => {
  test('names nothing outside', () => {
    const text = html([resultsWith()]);
    expect(text).not.toMatch(/\b(?:https?:)?\/\/\w+\.\w/);
    expect(text).not.toMatch(/<(?:link|img|script|iframe)[^>]*(?:src|href)="(?!data:,")/);
    expect(text).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;;/);
  });

  test('has the same findings and clauses for several runs, each under anchors of its own', () => {
    const ids = [...html([resultsWith(), resultsWith()]).matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('run-2-finding-3');
  });

  test('stays below 2 MB: programs go first, and it says so', () => {
    const findings = Array.from({ length: 100 }, (_, index) => ({ ...FINDING, kind: String(index) }));
    const results = resultsWith(resultWith({ findings }), { reproducer: () => '<'.repeat(60_000) });
    const text = html([results, results]);
    expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
    expect(text.match(/<article/g)).toHaveLength(200);
    expect(text).toContain('The C program is left out');
    const large = {
      ...results,
      findings: results.findings.map((finding) => ({
        ...finding,
        text: Array.from({ length: 40 }, () => 'y'.repeat(4000)),
      })),
    };
    const cut = html([large]);
    expect(Buffer.byteLength(cut)).toBeLessThan(2_000_000);
    expect(cut).toMatch(/Left out: \d+ findings/);
    const long = '"'.repeat(4000);
    const many = Array.from({ length: 3000 }, () => long);
    const header = { ...results.header, target: long, release: long, arch: long, environment: many };
    expect(
      Buffer.byteLength(
        html([
          { ...results, header },
          { ...large, header },
        ]),
      ),
    ).toBeLessThan(2_000_000);
  });

  test.each([
    ['an interrupted run', resultsWith(resultWith({ interrupted: true })), 'INTERRUPTED: no difference in what ran'],
    ['one without a footer', { ...resultsWith(), footer: undefined, findings: [] }, 'INTERRUPTED: there is no footer'],
  ])('says of %s what it is, on top and at its foot', (_, { footer, ...results }, sentence) => {
    const text = html([footer === undefined ? results : { ...results, footer }]);
    expect(text.split(sentence)).toHaveLength(3);
    expect(text).not.toContain('CONFORMS');
  });
});
