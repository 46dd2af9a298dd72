import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../spec/index.js';
import { parseExpectations } from './expectations.js';

const folder = join(packageRoot(), 'docs', 'findings');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('what ports are known to do otherwise', () => {
  test.each(files)('%s is a file for --expect, each entry with a reason', (name) => {
    const entries = parseExpectations(readFileSync(join(folder, name), 'utf8'), name);
    expect(entries.length).toBeGreaterThan(5);
  });

  test('has ten entries and more that cite the port’s own source or tracker', () => {
    const cited = files.flatMap((name) =>
      parseExpectations(readFileSync(join(folder, name), 'utf8'), name).filter(({ link }) => link !== undefined),
    );
    expect(cited.length).toBeGreaterThanOrEqual(10);
  });
});
