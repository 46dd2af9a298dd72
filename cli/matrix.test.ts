import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck } from '../harness/fixtures/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-matrix-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const QUICK = '-- --runs 100 --scenarios 0 --seed 42 --jobs 1 --only fs-with-newns'.split(' ');
const out = join(folder, 'matrix.html');

/** A file that names targets. */
function targets(text: string): string {
  const file = join(folder, 'targets.yaml');
  writeFileSync(file, text);
  return file;
}

describe('clonecheck matrix', () => {
  test('runs every target, keeps the results, and a target that cannot be run is none that conforms', async () => {
    const file = targets('here: {target: local}\ngone: {target: "exec:/nonexistent/command"}\n');
    const results = join(folder, 'results');
    const { status, stdout } = await clonecheck(['matrix', file, '--out', out, '--results', results, ...QUICK]);
    expect(stdout).toMatch(/^here {2}Linux \S+: CONFORMS/);
    expect(stdout).toMatch(/\ngone {2}NO RUN: .*ENOENT/);
    expect(status).toBe(3);
    expect(readdirSync(results).sort()).toEqual(['gone.ndjson', 'here.ndjson']);
    expect(readFileSync(out, 'utf8')).toContain('aria-label="here: as specified"');
  });

  test('ends with 1 where a target differs', async () => {
    const file = targets('here: {target: local}\n');
    const { status, stdout } = await clonecheck(['matrix', file, '--out', out, ...QUICK, '--fault', 'accept=0x20200']);
    expect(stdout).toContain('errors/fs-with-newns: not refused');
    expect(status).toBe(1);
  });

  test("takes a named target's expectations from beside the file", async () => {
    writeFileSync(
      join(folder, 'known.yaml'),
      '- {clause: errors/fs-with-newns, target: local, kind: KIND, call: clone(CLONE_NEWNS|CLONE_FS), reason: known}\n'.replace(
        'KIND',
        process.getuid?.() === 0 ? 'missing' : 'accepted',
      ),
    );
    const file = targets('here: {target: local, expect: known.yaml}\n');
    const fault = ['--fault', 'accept=0x20200', '--caller', process.getuid?.() === 0 ? 'root' : 'user'];
    const { status, stdout } = await clonecheck(['matrix', file, '--out', out, ...QUICK, ...fault]);
    expect(stdout).toMatch(/CONFORMS, but for 1 expected difference/);
    expect(status).toBe(0);
  });

  test('says where a file names no target, or two that would share a file', async () => {
    const none = await clonecheck(['matrix', targets('{}\n'), '--out', out]);
    expect(none.stderr).toMatch(/names no target\nHint: /);
    const twice = await clonecheck(['matrix', targets('a b: {target: local}\na/b: {target: local}\n'), '--out', out]);
    expect(twice.stderr).toMatch(/a\/b has the file name of another target\nHint: /);
    expect([none.status, twice.status]).toEqual([2, 2]);
  });
});
