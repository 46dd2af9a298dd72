import { describe, expect, test } from '@jest/globals';
import { EFFECTS, SPECIFICATION, absence, formatCall, formatStep, isHeldTo } from '../spec/index.js';
import { readCorpus } from './corpus-file.js';
import { run } from './run.js';
import { localTarget } from './targets/local.js';

/** The cases that the past found hard, in `corpus/`: each comes out as predicted on the running kernel. */
const stored = readCorpus('corpus');
const { corpus = [], kernel } = await run(localTarget(), {
  corpus: stored.map(({ subject }) => subject),
  ...{ runs: 0, scenarios: 0, seed: 0, jobs: 1, callers: [], order: 'strict', level: 'linux' },
});

/** A clause may be of other versions than the running one. */
function isHere(id: string): boolean {
  const effect = EFFECTS.find((each) => each.id === id);
  const clause = SPECIFICATION.clause(id);
  return effect === undefined
    ? clause !== undefined && absence(clause, kernel) === undefined
    : isHeldTo(effect, kernel);
}

describe('the corpus on the running kernel', () => {
  const titled = stored.map(({ subject, clause = '', note = '' }) => {
    const what = 'steps' in subject ? subject.steps.map(formatStep).join('; ') : formatCall(subject.call);
    return [`${subject.caller.name}: ${note === '' ? what : note}`, subject, clause] as const;
  });
  test.each(titled)('%s', (title, subject, clause) => {
    const judgement = corpus.find((each) => each.subject === subject)?.judgement;
    if (judgement?.verdict === 'blocked') {
      console.log(`not judged here: ${title}: ${judgement.why}`);
      return;
    }
    expect(judgement?.verdict).toBe('pass');
    if (judgement?.verdict !== 'pass' || clause === '') return;
    const told = Array.isArray(judgement.judges) ? judgement.judges : [judgement.judges];
    if (isHere(clause)) expect(told).toContain(clause);
  });

  test('says of each case why it is kept', () => {
    expect(stored.filter(({ note }) => note === undefined)).toEqual([]);
    expect(stored.length).toBeGreaterThan(20);
  });
});
