import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { FINDING, PASSED, resultWith } from '../harness/fixtures/results.js';
import { packageRoot } from '../spec/index.js';
import { HOSTILE, hostileRun } from './fixtures/hostile.js';
import { resultsWith } from './fixtures/results.js';
import { junit } from './junit.js';
import type { Results } from './results/index.js';

const SCHEMA = XmlDocument.fromString(readFileSync(join(packageRoot(), 'reports/fixtures/junit.xsd'), 'utf8'));

/** Reads a document, holds it to the schema, and answers the strings that XPath expressions come to. */
function ask<const T extends readonly string[]>(xml: string, ...expressions: T): { readonly [K in keyof T]: string[] } {
  using document = XmlDocument.fromString(xml);
  using validator = XsdValidator.fromDoc(SCHEMA);
  validator.validate(document);
  const answers = expressions.map((expression) => document.find(expression).map((node) => node.content));
  return answers as { readonly [K in keyof T]: string[] };
}

const report = (...runs: readonly Results[]): string => junit(runs);

describe('JUnit XML', () => {
  test('is valid, and has a test case for each clause under its group', () => {
    const [names, passed] = ask(
      report(resultsWith()),
      '//testsuite[@name="errors"]/testcase/@name',
      '//testcase[not(*)]/@name',
    );
    expect(names).toContain('errors/fs-with-newns');
    expect(names).toHaveLength(new Set(names).size);
    expect(passed).toEqual(['errors/sighand-without-vm']);
  });

  test('counts what it holds', () => {
    using document = XmlDocument.fromString(report(resultsWith()));
    for (const suite of document.find('//testsuite')) {
      for (const [attribute, what] of [
        ['tests', 'testcase'],
        ['failures', 'testcase/failure'],
        ['errors', 'testcase/error'],
        ['skipped', 'testcase/skipped'],
      ] as const) {
        expect(Number(suite.get(`@${attribute}`)?.content)).toBe(suite.find(what).length);
      }
    }
    expect(document.find('//failure')).toHaveLength(3);
  });

  test('says of a difference what it is, and of a clause that was not judged why', () => {
    const [message, text, skipped] = ask(
      report(resultsWith()),
      '//testcase[@name="errors/fs-with-newns"]/failure/@message',
      '//testcase[@name="errors/fs-with-newns"]/failure',
      '//testcase[@name="errors/newuser-chrooted"]/skipped/@message',
    );
    expect(message).toEqual(['root: clone(CLONE_NEWNS|CLONE_FS): not refused']);
    expect(text[0]).toContain("again: clonecheck replay --caller root 'clone(CLONE_NEWNS|CLONE_FS)'");
    expect(skipped).toEqual(['blocked: caller chroot: chroot: EPERM']);
  });

  test.each([
    ['an interrupted run', resultsWith(resultWith({ interrupted: true })), /^INTERRUPTED: /],
    ['one without a footer', { ...resultsWith(resultWith()), footer: undefined }, /^INTERRUPTED: there is no footer/],
    ['one that says too little', resultsWith(resultWith({ clauses: [PASSED] }), { minJudged: 2 }), /^NOT JUDGED: /],
  ])('has an error for %s', (_, results, message) => {
    const { footer, ...rest } = results;
    const [errors] = ask(report(footer === undefined ? rest : { ...rest, footer }), '//error/@message');
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  test('neither passes nor fails what is expected to differ, and fails an expectation that is broken', () => {
    const results = resultsWith(resultWith({ findings: [FINDING] }));
    const place = 'expect.yaml:1:11';
    const expected = results.findings.map((finding) => ({ ...finding, expectation: { reason: 'known', place } }));
    const entry = { type: 'expectation', clause: 'errors/x', target: 'local', reason: 'r', place } as const;
    const expectations = [{ ...entry, state: 'gone', why: 'no longer differs' } as const];
    const [skipped, failed] = ask(
      report({ ...results, findings: expected, expectations }),
      '//skipped/@message',
      '//failure/@message',
    );
    expect(skipped).toEqual(['expected to differ: known']);
    expect(failed).toEqual(['no longer differs']);
  });

  test('tells several runs apart', () => {
    const [ids, names] = ask(report(resultsWith(), resultsWith()), '//testsuite/@id', '//testsuite/@name');
    expect(ids).toEqual(ids.map((_, index) => String(index)));
    expect(names[0]).toBe('errors of local, Linux 6.12.0-fake');
  });
});

describe('whatever is in its texts, it is well-formed and valid', () => {
  test.each(HOSTILE)('%j', (text) => {
    const [skipped] = ask(report(resultsWith(hostileRun(text))), '//skipped/@message');
    expect(skipped.length).toBeGreaterThan(0);
  });

  test('also where no reader made the texts fit to be shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE), (one, two) => {
        const results = resultsWith();
        const why = one + two;
        const clauses = results.clauses.map((clause) => ({ ...clause, why }));
        ask(report({ ...results, clauses, header: { ...results.header, environment: [why] } }));
      }),
      { numRuns: 50 },
    );
  });

  test('and a message comes back as it was', () => {
    const why = 'a "quoted" & <b>bold</b> \'word\' # ]]> end';
    const [skipped] = ask(report(resultsWith(hostileRun(why))), '//skipped/@message');
    expect(skipped).toContain(`blocked: ${why}`);
  });
});
