import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { InputError, callerNamed, parseCall, parseStep } from '../spec/index.js';
import type { CorpusCase } from './corpus-run.js';
import { STRICT } from './fixtures/imagined-kernel.js';
import { buildProbe } from './probe/build.js';
import { probeLines, readProbeLines } from './probe-lines.js';
import type { RunOptions } from './run.js';
import { checkTrace } from './trace-check.js';
import { readTrace } from './trace-file.js';

const OPTIONS: RunOptions = { ...STRICT, runs: 300, scenarios: 30, seed: 7, jobs: 1 };
const user = callerNamed('user');
const PACK: readonly CorpusCase[] = [
  { caller: user, call: parseCall('clone(CLONE_SIGHAND|SIGCHLD)').call },
  { caller: user, steps: ['0: fork() → task 1', '1: exit(3)', '0: wait(task 1, 0)'].map((step) => parseStep(step)) },
];
const written = async (options: RunOptions): Promise<string> => {
  const pieces: string[] = [];
  for await (const piece of probeLines([6, 18, 0], options)) pieces.push(piece);
  return pieces.join('');
};
const ASKED: RunOptions = { ...OPTIONS, runs: 0, scenarios: 0, callers: [], corpus: PACK, asked: true };

describe('lines for a probe that somebody else runs', () => {
  test('are judged with what it answered', async () => {
    const text = await written(OPTIONS);
    const lines = readProbeLines(text, 'lines');
    const { stdout } = await execa(await buildProbe(), { input: text });
    const trace = readTrace(stdout, 'trace', lines);
    expect(trace.whole).toBe(true);
    const result = await checkTrace(trace, 'trace', { ...STRICT, seed: 0 });
    expect(result.cases + result.scenarios).toBeGreaterThan(1000);
    expect([result.counts.fail, result.scenarioCounts.fail, result.counts['not-run']]).toEqual([0, 0, 0]);
    expect(result.counts.pass).toBeGreaterThan(300);
  });

  test('of chosen cases judge those alone', async () => {
    const text = await written(ASKED);
    const { stdout } = await execa(await buildProbe(), { input: text });
    const result = await checkTrace(readTrace(stdout, 'trace', readProbeLines(text, 'l')), 'trace', {
      ...STRICT,
      seed: 0,
    });
    expect(result).toMatchObject({
      asked: true,
      cases: 1,
      scenarios: 1,
      counts: { pass: 1 },
      scenarioCounts: { pass: 1 },
    });
    expect(result.clauses.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['errors/sighand-without-vm', 'effects/exit-status']),
    );
    expect(result.clauses.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  test('a probe that got a part of them alone leaves the trace cut', async () => {
    const text = await written(ASKED);
    const { stdout } = await execa(await buildProbe(), { input: text.slice(0, text.lastIndexOf('caller ')) });
    expect(readTrace(stdout, 'trace', readProbeLines(text, 'l')).whole).toBe(false);
  });

  test('never set a host name, as nobody knows whose it would be', async () => {
    expect(await written({ ...OPTIONS, scenarios: 400 })).not.toContain('sethostname');
  });
});

describe('lines that are not what was written', () => {
  const thrownBy = (text: string): InputError => {
    try {
      readProbeLines(text, 'lines');
    } catch (error) {
      if (error instanceof InputError) return error;
    }
    throw new Error('they were read');
  };
  const HEAD = '# clonecheck probe lines, Linux 6.18\ncaller user user\n';
  test.each([
    ['something else', 'caller user\n1 fork\n', 'no probe lines', 1],
    [
      'another case than its comment says',
      `${HEAD}# fork()\n1 vfork\n`,
      'the case is not what the comment before it says',
      4,
    ],
    ['a comment that is no case', `${HEAD}# clone(CLONE_FZ)\n1 fork\n`, 'unknown flag CLONE_FZ', 4],
    ['an id twice', `${HEAD}# fork()\n1 fork\n# fork()\n1 fork\n`, '1 stands twice', 6],
  ])('%s', (_, text, what, line) => {
    expect(thrownBy(text)).toMatchObject({ what, place: { file: 'lines', line } });
  });
});
