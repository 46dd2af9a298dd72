import { localTarget, probeLines, recordTrace, run, type RunOptions } from '../harness/index.js';
import { ndjson, resultsOf } from '../reports/index.js';
import { parseCaseFile } from '../spec/index.js';

/** What the program itself writes, and reads again. */
export interface Examples {
  readonly trace: string;
  readonly probeLines: string;
  readonly results: string;
}

const CASES = parseCaseFile(
  `- {caller: user, call: clone(CLONE_NEWNS|CLONE_FS)}
- {caller: user, call: "clone3({flags=CLONE_PIDFD}, 64)"}
- {caller: user, steps: ["0: clone(CLONE_FILES|SIGCHLD) → task 1", "1: getppid()", "1: exit(3)", "0: wait(task 1, 0)"]}
`,
  'examples',
).map(({ subject }) => subject);

const OPTIONS: RunOptions = {
  ...{ runs: 0, seed: 1, jobs: 1, order: 'strict', level: 'linux' },
  ...{ corpus: CASES, asked: true, callers: [] },
};

/** Makes them on the running kernel: a trace, the lines for a probe, the results of a run with a finding. Each is short. */
export async function makeExamples(): Promise<Examples> {
  let trace = '';
  await recordTrace(localTarget(), OPTIONS, (text) => {
    trace += text;
  });
  let lines = '';
  for await (const text of probeLines([6, 12, 0], OPTIONS)) lines += text;
  const lying = localTarget(['--fault', 'accept=0x20200']);
  const result = await run(lying, { ...OPTIONS, asked: false, corpus: CASES.slice(0, 1) });
  return {
    trace,
    probeLines: lines,
    results: shortened([...ndjson(resultsOf(result, { order: 'strict', minJudged: 1 }))]),
  };
}

/** Of lines of one type a few, and of lists in them too. */
function shortened(lines: readonly string[]): string {
  const seen = new Map<string, number>();
  return lines
    .filter((line) => {
      const type = /"type":"(\w+)"/.exec(line)?.[1] ?? '';
      seen.set(type, (seen.get(type) ?? 0) + 1);
      return (seen.get(type) ?? 0) <= 3;
    })
    .map((line) => {
      const short: unknown = JSON.parse(line, (_, value: unknown) =>
        Array.isArray(value) ? value.slice(0, 5) : value,
      );
      return `${JSON.stringify(short)}\n`;
    })
    .join('');
}
