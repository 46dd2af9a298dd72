import { describe, expect, test } from '@jest/globals';
import { FAILED, FINDING, resultWith } from '../../harness/fixtures/results.js';
import type { Finding, RunResult } from '../../harness/index.js';
import { parseCall } from '../../spec/index.js';
import { brokenEffect, resultsWith } from '../fixtures/results.js';
import { heatMap } from './heat-map.js';

const call = (text: string): Finding => ({
  ...FINDING,
  minimal: { ...FINDING.minimal, call: parseCall(text).call },
});
const ALL = ['CLONE_FS', 'CLONE_FILES', 'CLONE_NEWNS', 'CLONE_IO'];

/** The map of a run in which calls with any two of a few flags were made, and some of all of them differed. */
function cells(changes: Partial<RunResult>): (name: string) => string {
  const pairs = ALL.flatMap((one, index) =>
    ALL.slice(index).map((two) => ({ flags: [one, two] as const, accepted: 2, refused: 8, differs: 1 })),
  );
  const { findings, footer } = resultsWith(resultWith({ clauses: [FAILED], pairs, ...changes }));
  if (footer === undefined) throw new Error('no footer');
  const text = heatMap(footer, findings, '')?.html ?? '';
  return (name) => {
    const cell = text.split('<td').find((each) => each.includes(`aria-label="${name}: `)) ?? '';
    return `${/class="([a-z]+)"/.exec(cell)?.[1] ?? ''} ${/href="#([a-z0-9-]+)"/.exec(cell)?.[1] ?? ''}`.trim();
  };
}

describe('a cell of the heat map', () => {
  test('leads to the finding that is about just its flags, and calls with others keep their shade', () => {
    const cell = cells({ findings: [FINDING] });
    expect(cell('FS with NEWNS')).toBe('differs finding-1');
    expect(cell('FS')).toBe('some');
    expect(cell('FILES with NEWNS')).toBe('some');
  });

  test('leads to the finding about one of its flags, in a quieter colour', () => {
    const cell = cells({ findings: [FINDING, call('clone(CLONE_IO)')] });
    expect(cell('IO')).toBe('differs finding-2');
    expect(cell('FILES with IO')).toBe('follows finding-2');
    expect(cell('FS with NEWNS')).toBe('differs finding-1');
  });

  test('does not blame an effect for calls that were refused', () => {
    const cell = cells({
      findings: [FINDING],
      scenarioFindings: [brokenEffect('files-shared', 'effects/files-shared')],
    });
    expect(cell('FILES')).toBe('differs finding-2');
    expect(cell('FILES with NEWNS')).toBe('some');
  });
});
