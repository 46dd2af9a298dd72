import { describe, expect, test } from '@jest/globals';
import { HOSTILE, hostileRun } from '../fixtures/hostile.js';
import { resultsWith } from '../fixtures/results.js';
import { ndjson, readResults } from '../results/index.js';
import { matrix } from './page.js';
import { matrixText } from './terminal.js';

// eslint-disable-next-line no-control-regex -- this is what must not be there
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const RESULTS = resultsWith();
const HERE = { name: 'here', results: RESULTS };
const GONE = { name: 'gone', trouble: 'the probe could not be started' };

/** The row of a clause, as states by target. */
function statesOf(page: string, id: string): readonly string[] | undefined {
  const rows = page.split('<tr class="item"').slice(1);
  return /data-verdict="([^"]*)"/.exec(rows.find((row) => row.includes(`<code>${id}</code>`)) ?? '')?.[1]?.split(' ');
}

describe('the page of a matrix', () => {
  test('has a cell for each target, and none is passed where there was no run', () => {
    const page = matrix([HERE, GONE]);
    const [first] = RESULTS.clauses;
    expect(statesOf(page, first?.id ?? '')).toEqual(['differs', '']);
    expect(page).toContain('<strong>No run:</strong> the probe could not be started');
    expect(page).not.toMatch(/data-column="1" title="gone: as specified"/);
  });

  test('leads from a cell that differs to its difference', () => {
    const page = matrix([HERE]);
    expect(page).toMatch(/<a href="#difference-1" aria-label="here: differs/);
    expect(page).toContain('id="difference-1"');
  });

  test('stays below 2 MB with twenty targets, and says what it left out', () => {
    const wide = Array.from({ length: 20 }, (_, index) => ({
      name: `target ${String(index)}`,
      results: {
        ...RESULTS,
        findings: Array.from({ length: 100 }, (_, number) => ({
          ...(RESULTS.findings[0] as (typeof RESULTS.findings)[number]),
          clause: `errors/of-${String(index)}-${String(number)}`,
          reproducer: 'int main(void) { return 0; }\n'.repeat(500),
        })),
      },
    }));
    const page = matrix(wide);
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
    expect(page).toMatch(/Left out: [\d,]+ differences/);
  });

  test.each(HOSTILE)('has neither markup nor an escape of what a target says: %j', (text) => {
    const results = readResults([...ndjson(resultsWith(hostileRun(text)))].join(''), 'hostile');
    const columns = [
      { name: text, results },
      { name: 'gone', trouble: text },
    ];
    expect(matrix(columns)).not.toMatch(/<img|<script>alert|<b>|<!-- -->/i);
    expect(matrixText(columns)).not.toMatch(CONTROL);
  });
});

test('the terminal says of each target what it came to', () => {
  const text = matrixText([HERE, GONE]);
  expect(text).toMatch(/^here {2}Linux \S+: DIFFERS from Linux as specified; \d+ of \d+ clauses judged, \d+ differ/);
  expect(text).toContain('\ngone  NO RUN: the probe could not be started\n');
});
