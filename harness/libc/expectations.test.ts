import { describe, expect, test } from '@jest/globals';
import { InputError, LIBC } from '../../spec/index.js';
import { parseExpectations } from '../expectations.js';
import { holdLibcTo } from './expectations.js';
import type { LibcFinding } from './run.js';
import { libcRun } from './fixtures/runs.js';

const FILE = `
- clause: libc/clone-tls
  target: "libc:diet*"
  kind: tls is not what was given
  reason: known
`;
const TODAY = '2026-11-23';

function found(kind: string): LibcFinding {
  const clause = LIBC.clauses.find(({ id }) => id === 'libc/clone-tls');
  if (clause === undefined) throw new Error('there is no libc/clone-tls');
  return { clause, kind, expected: 'x', observed: 'y', reproducible: { k: 5, n: 5 } };
}

describe('what is known of a libc is held both ways', () => {
  const entries = parseExpectations(FILE, 'expect.yaml');
  const states = (run: Parameters<typeof libcRun>[0]): unknown => {
    const { met, broken, unjudged } = holdLibcTo(libcRun(run), entries, TODAY);
    return { met: met.length, broken: broken.map(({ state }) => state), unjudged: unjudged.map(({ why }) => why) };
  };

  test.each([
    ['met', { findings: [found('tls is not what was given')] }, { met: 1, broken: [], unjudged: [] }],
    ['gone', {}, { met: 0, broken: ['gone'], unjudged: [] }],
    ['otherwise', { findings: [found('died of SIGSEGV')] }, { met: 0, broken: ['otherwise'], unjudged: [] }],
    ['elsewhere', { target: 'libc:gcc' }, { met: 0, broken: [], unjudged: [] }],
    ['not judged', { notJudged: ['libc/clone-tls'] }, { met: 0, broken: [], unjudged: ['not here'] }],
  ] as const)('%s', (_, run, result) => {
    expect(states(run)).toEqual(result);
  });

  test('expired', () => {
    const old = parseExpectations(`${FILE}  expires: 2026-01-01\n`, 'expect.yaml');
    const run = libcRun({ findings: [found('tls is not what was given')] });
    expect(holdLibcTo(run, old, TODAY)).toMatchObject({ met: [], broken: [{ state: 'expired' }] });
  });
});

test.each([
  ['no kind', FILE.replace(/ {2}kind.*\n/, ''), 'how libc/clone-tls differs is missing'],
  ['a call', `${FILE}  call: clone(CLONE_SETTLS)\n`, 'libc/clone-tls has its case'],
  ['no such clause', FILE.replace('clone-tls', 'clone-tsl'), 'there is no clause libc/clone-tsl'],
])('an entry with %s is refused', (_, text, what) => {
  expect(() => parseExpectations(text, 'expect.yaml')).toThrow(InputError);
  expect(() => parseExpectations(text, 'expect.yaml')).toThrow(what);
});
