import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import * as v from 'valibot';
import { packageRoot } from '../spec/index.js';

/** What `npm audit --json` says: of the tree that package-lock.json names, or why the registry said nothing of it. */
const SAID = v.union([
  v.object({ vulnerabilities: v.record(v.string(), v.object({ severity: v.string() })) }),
  v.object({ message: v.string() }),
]);

async function audit(...options: readonly string[]): Promise<v.InferOutput<typeof SAID>> {
  const asked = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000', ...options];
  const { stdout } = await execa('npm', asked, { cwd: packageRoot(), reject: false });
  return v.parse(SAID, JSON.parse(stdout));
}

const said = await audit();
// A registry that keeps no list of what is known to be broken says so, or does not answer at all.
const unanswered = 'message' in said ? ` (the registry did not say: ${said.message.split(' - ')[0] ?? ''})` : '';

(unanswered === '' ? test : test.skip)(`npm audit has no complaint${unanswered}`, () => {
  expect(said).toMatchObject({ vulnerabilities: {} });
  expect('vulnerabilities' in said && Object.keys(said.vulnerabilities)).toEqual([]);
});

describe('a registry that knows of a vulnerability', () => {
  const advisory = {
    ...{ id: 1, url: 'https://example.org/1', title: 'made up', severity: 'high', vulnerable_versions: '*' },
    ...{ cwe: [], cvss: { score: 8, vectorString: null } },
  };
  const registry = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    // It is asked of those that depend on it, too, and which versions they have.
    const name = decodeURIComponent((request.url ?? '').slice(1));
    const asked = request.method === 'POST' ? { commander: [advisory] } : { name, versions: {} };
    response.end(JSON.stringify(asked));
  });
  const cache = mkdtempSync(join(tmpdir(), 'clonecheck-audit-'));
  beforeAll(() => new Promise<void>((listens) => registry.listen(0, '127.0.0.1', listens)));
  afterAll(async () => {
    await new Promise((closed) => registry.close(closed));
    rmSync(cache, { recursive: true });
  });

  test('is heard', async () => {
    const { port } = registry.address() as AddressInfo;
    expect(await audit(`--registry=http://127.0.0.1:${String(port)}`, `--cache=${cache}`)).toMatchObject({
      vulnerabilities: { commander: { severity: 'high' } },
    });
  });
});
