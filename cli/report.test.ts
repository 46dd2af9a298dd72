import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clonecheck, start } from '../harness/fixtures/command-line.js';
import { inTheMidst } from '../harness/fixtures/processes.js';
import { FORMATS } from '../reports/index.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-report-'));
const at = (name: string): string => join(folder, name);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const RUN = 'run --only fs-with-newns --runs 300 --scenarios 0 --jobs 1 --seed 42 --fault accept=0x20200'.split(' ');
const BEGINNINGS = {
  pretty: /^clonecheck local: Linux /,
  junit: /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites>/,
  ktap: /^KTAP version 1\n1\.\.1\n/,
  markdown: /^# clonecheck\n/,
  html: /^<!doctype html>\n/,
  json: /^\{"type":"header"/,
} as const;

beforeAll(async () => {
  const reports = FORMATS.flatMap((format) => ['--report', `${format}=${at(`of-run.${format}`)}`]);
  const { status } = await clonecheck([...RUN, '--out', at('results.ndjson'), ...reports]);
  expect(status).toBe(1);
});

describe('report', () => {
  test.each(FORMATS)('writes the same as run --report, as %s', async (format) => {
    const { status, stdout, stderr } = await clonecheck(['report', at('results.ndjson'), '--format', format]);
    expect(stdout).toMatch(BEGINNINGS[format]);
    expect(stdout).toContain('errors/fs-with-newns');
    expect(stdout).toBe(readFileSync(at(`of-run.${format}`), 'utf8'));
    expect([status, stderr]).toEqual([0, '']);
  });

  test('reads standard input and writes to a file', async () => {
    const input = readFileSync(at('results.ndjson'), 'utf8');
    const told = await clonecheck(['report', '-', '--format', 'ktap', '--out', at('x.ktap')], { input });
    expect(told).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(at('x.ktap'), 'utf8')).toMatch(BEGINNINGS.ktap);
  });

  test.each([
    ['cut behind a line', (text: string) => text.slice(0, text.indexOf('{"type":"footer"'))],
    ['cut within a line', (text: string) => text.slice(0, text.indexOf('{"type":"footer"') + 40)],
  ])('of a file without its footer says so and ends with 3: %s', async (_, cut) => {
    writeFileSync(
      at('cut.ndjson'),
      cut(readFileSync(at('results.ndjson'), 'utf8')).replace(/^\{"type":"finding".*\n/m, ''),
    );
    const { status, stdout, stderr } = await clonecheck(['report', at('cut.ndjson')]);
    expect(stdout).toMatch(/\nINTERRUPTED: there is no footer, and what is missing was not judged\n$/);
    expect(stderr).toBe(
      `clonecheck: ${at('cut.ndjson')}: there is no footer; the run did not come to its end\nHint: the report holds what is there; what is missing was not judged\n`,
    );
    expect(status).toBe(3);
  });

  test.each([
    ['no such file', ['report', '/nowhere/x'], /\/nowhere\/x cannot be read: ENOENT/],
    ['no results', ['report', '-'], /-:1: there is no header/],
    ['no format', ['report', '-', '--format', 'htm'], /--format: htm is no choice\nHint: .*html/],
    ['two as JSON', ['report', 'a', 'b', '--format', 'json'], /--format json: one file/],
    ['a report without a file', ['run', '--report', 'html'], /--report: html names no file/],
    ['a report nowhere', ['run', '--report', 'html=/nowhere/x.html'], /--report: \/nowhere\/x\.html cannot be written/],
  ])('is refused in two lines: %s', async (_, args, message) => {
    const { status, stdout, stderr } = await clonecheck(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^clonecheck: [^\n]+\nHint: [^\n]+\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });
});

describe('inside GitHub Actions', () => {
  test('a run annotates itself and adds to what is in the summary', async () => {
    writeFileSync(at('summary.md'), 'before\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at('summary.md') };
    const { stderr, status } = await clonecheck([...RUN, '--format', 'json'], { env });
    expect(stderr).toMatch(/^::error title=errors\/fs-with-newns::[^\n]+\n$/);
    expect(readFileSync(at('summary.md'), 'utf8')).toMatch(/^before\n\n# clonecheck\n\n\*\*DIFFERS /);
    expect(status).toBe(1);
  });

  test('a summary that cannot be written changes nothing of the verdict', async () => {
    const { stderr, status } = await clonecheck(RUN, { env: { GITHUB_STEP_SUMMARY: '/nowhere/x' } });
    expect(stderr).toMatch(/^clonecheck: no step summary: ENOENT[^\n]*\n$/);
    expect(status).toBe(1);
  });
});

describe('a run that is interrupted', () => {
  test('writes every report that was asked for, and each says so', async () => {
    const reports = FORMATS.flatMap((format) => ['--report', `${format}=${at(`cut.${format}`)}`]);
    const { pid, ended } = start(['run', '--runs', '100000000', '--jobs', '1', '--format', 'json', ...reports]);
    await inTheMidst(pid);
    process.kill(-pid, 'SIGINT');
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([130, '']);
    for (const format of FORMATS) {
      const text = readFileSync(at(`cut.${format}`), 'utf8');
      expect(text).toMatch(
        format === 'json' ? /"interrupted":true[^\n]*\n$/ : /INTERRUPTED: no difference in what ran/,
      );
    }
  });
});
