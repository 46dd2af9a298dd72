import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { calls as callsArbitrary, scenarios as scenariosArbitrary } from '../generators/index.js';
import {
  discoverEnvironment,
  judgePredicted,
  kernelFacts,
  localTarget,
  judgeScenario,
  probeFeatures,
  runSweep,
  sweepSpaces,
  type JudgeOptions,
  type ProbeSession,
} from '../harness/index.js';
import { median, reductions } from './reductions.js';
import { secondsToVerdict } from './start.js';
import {
  formatCall,
  packageRoot,
  predict,
  type Call,
  type Caller,
  type Facts,
  type Prediction,
  type Scenario,
} from '../spec/index.js';

/**
 * `npm run bench`: cases a second from end to end (generated, predicted, made, judged), beside a plain C program that makes the same
 * calls in the same run, on as many processes.
 */
const JOBS = availableParallelism();
const OPTIONS: JudgeOptions = { order: 'strict', level: 'linux' };
const ROOT: Caller = { name: process.getuid?.() === 0 ? 'root' : 'user', attributes: [] };
const BATCH = 512;
/** Every flag word of clone(). */
const WORDS = 1 << 24;
const WIDTHS = [...new Set([1, JOBS])];

interface Row {
  readonly what: string;
  readonly perSecond: number;
  readonly plain: number;
}

const sessions = await Promise.all(Array.from({ length: JOBS }, () => localTarget().session()));
const headers = await Promise.all(sessions.map((session) => session.open()));
const [first] = sessions;
const [header] = headers;
if (first === undefined || header === undefined) throw new Error('no probe');
const kernel = await probeFeatures(first, kernelFacts(header));
const environment = await discoverEnvironment(first, header);
const { facts: caller } = await first.run(ROOT, []);
if (caller === undefined) throw new Error('the caller could not be made');
const facts: Facts = { kernel, caller };

interface Predicted {
  readonly call: Call;
  readonly prediction: Prediction;
}

/** Generates until enough calls of the kind wanted are there: those predicted to be refused, or to make a child. */
function* stream(wanted: 'refused' | 'child', seed: number): Generator<Predicted> {
  for (let round = 0; ; round++) {
    for (const call of fc.sample(callsArbitrary({ caller: ROOT.name }), {
      seed: seed * 7919 + round,
      numRuns: BATCH,
    })) {
      const prediction = predict(facts, call);
      if ((prediction.outcome === 'success') === (wanted === 'child')) yield { call, prediction };
    }
  }
}

/** Works off `total` cases on every probe at once; returns cases a second. */
async function measure(wanted: 'refused' | 'child', total: number): Promise<number> {
  const started = performance.now();
  let left = total;
  await Promise.all(
    sessions.map(async (session, index) => {
      const source = stream(wanted, index + 1);
      const inFlight: Promise<void>[] = [];
      while (left > 0) {
        const batch = Array.from({ length: BATCH }, () => source.next().value as Predicted);
        left -= batch.length;
        inFlight.push(judgeBatch(session, batch));
        if (inFlight.length >= 2) await inFlight.shift();
      }
      await Promise.all(inFlight);
    }),
  );
  return (total - left) / ((performance.now() - started) / 1000);
}

async function judgeBatch(session: ProbeSession, batch: readonly Predicted[]): Promise<void> {
  const { observations } = await session.run(
    ROOT,
    batch.map(({ call }) => call),
  );
  for (const [index, { call, prediction }] of batch.entries()) {
    const observation = observations[index];
    if (observation === undefined) throw new Error('a case without an answer');
    const judgement = judgePredicted(prediction, call, observation, environment, OPTIONS);
    if (judgement.verdict === 'fail' || judgement.verdict === 'not-run')
      throw new Error(`${formatCall(call)} is ${JSON.stringify(judgement)}`);
  }
}

/** One clone, one observation. */
const SMALLEST: Scenario = {
  caller: ROOT,
  steps: [
    {
      task: 0,
      op: 'clone',
      child: 1,
      call: { call: 'clone', flags: 17n, stack: 0n, parent_tid: 0n, child_tid: 0n, tls: 0n },
    },
    { task: 1, op: 'getpid' },
  ],
};

/** Performs and judges scenarios on every probe at once; returns scenarios a second. */
async function measureScenarios(make: (seed: number) => readonly Scenario[], rounds: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    sessions.map(async (session, index) => {
      const inFlight: Promise<void>[] = [];
      for (let round = 0; round < rounds; round++) {
        const batch = make(index * 1000 + round);
        done += batch.length;
        inFlight.push(judgeScenarios(session, batch));
        if (inFlight.length >= 2) await inFlight.shift();
      }
      await Promise.all(inFlight);
    }),
  );
  return done / ((performance.now() - started) / 1000);
}

async function judgeScenarios(session: ProbeSession, batch: readonly Scenario[]): Promise<void> {
  const { observations } = await session.run(
    ROOT,
    batch.map(({ steps }) => ({ call: 'scenario', steps }) as const),
  );
  for (const [index, scenario] of batch.entries()) {
    const judgement = judgeScenario(
      facts,
      scenario,
      observations[index] ?? { kind: 'lost', why: 'no answer' },
      () => false,
    );
    if (judgement.verdict !== 'pass') throw new Error(`a scenario is ${JSON.stringify(judgement)}`);
  }
}

/** Sweeps every flag word of clone() as an ordinary user; returns words a second. */
async function measureSweep(jobs: number): Promise<number> {
  const spaces = sweepSpaces().filter(({ name, caller: { name: who } }) => name === 'clone-flags' && who === 'nproc');
  const { ranges, findings, seconds } = await runSweep(localTarget(), { spaces, order: 'strict', jobs });
  const whole = ranges.reduce((sum, { from, to }) => sum + to - from, 0) === WORDS;
  if (
    !whole ||
    findings.length > 0 ||
    ranges.some(
      ({ differences, unstable, notJudged, lost }) =>
        differences + unstable + Object.keys({ ...notJudged, ...lost }).length > 0,
    )
  )
    throw new Error('the sweep has a difference, or words that were not judged');
  return WORDS / seconds;
}

async function plain(kind: 'refused' | 'children' | 'words', each: number, jobs = JOBS): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-bench-'));
  try {
    const program = join(folder, 'plain');
    await execa('cc', ['-O2', '-Wall', '-Wextra', '-o', program, join(packageRoot(), 'bench', 'plain.c')]);
    const runs = await Promise.all(Array.from({ length: jobs }, () => execa(program, [kind, String(each)])));
    return (each * jobs) / Math.max(...runs.map(({ stdout }) => Number(stdout)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function show({ what, perSecond, plain: best }: Row): void {
  const figure = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
  process.stdout.write(
    `${what.padEnd(44)}${figure(perSecond)}/s   plain C ${figure(best)}/s   ratio ${(perSecond / best).toFixed(3)}\n`,
  );
}

/** What a reader waits for between a difference and its smallest case. */
const MOST = { runs: 60, seconds: 1 };

async function showReductions(): Promise<void> {
  const costs = await reductions();
  const runs = costs.map((cost) => cost.runs);
  const seconds = costs.map((cost) => cost.seconds);
  const row = (what: string, middle: number, slowest: number, most: number, unit: string): string =>
    `${what.padEnd(44)}median ${middle.toFixed(unit === 's' ? 3 : 0)} ${unit}, at most ${slowest.toFixed(unit === 's' ? 3 : 0)}; ` +
    `ratio to ${String(most)} ${unit} ${(middle / most).toFixed(3)}\n`;
  process.stdout.write(
    row(`reductions of ${String(costs.length)} faults`, median(runs), Math.max(...runs), MOST.runs, 'runs') +
      row('the same, in time', median(seconds), Math.max(...seconds), MOST.seconds, 's'),
  );
  if (median(runs) > MOST.runs || median(seconds) > MOST.seconds) process.exitCode = 1;
}

/** From the start to the first verdict, in seconds. */
const MOST_TO_VERDICT = 0.5;

async function showStart(): Promise<void> {
  const seconds = await secondsToVerdict();
  process.stdout.write(
    `${'from the start to a verdict'.padEnd(44)}median ${seconds.toFixed(3)} s; ratio to ${String(MOST_TO_VERDICT)} s ${(seconds / MOST_TO_VERDICT).toFixed(3)}\n`,
  );
}

try {
  process.stdout.write(`Linux ${header.release} ${header.arch}, ${String(JOBS)} processors, Node ${process.version}\n`);
  // The first round warms the compiler up and is not shown.
  await measure('refused', 20_000);
  show({
    what: 'refused calls, generated, made and judged',
    perSecond: await measure('refused', 120_000),
    plain: await plain('refused', 2_000_000),
  });
  show({
    what: 'calls that make a child in a fresh arena',
    perSecond: await measure('child', 30_000),
    plain: await plain('children', 20_000),
  });
  const forks = await plain('children', 20_000);
  const smallest = Array.from({ length: 256 }, () => SMALLEST);
  show({
    what: 'scenarios of one clone and one observation',
    perSecond: await measureScenarios(() => smallest, 40),
    plain: forks,
  });
  const arbitrary = scenariosArbitrary(ROOT, facts);
  const generated = (seed: number): readonly Scenario[] => fc.sample(arbitrary, { seed, numRuns: 256 });
  // Again the compiler's first round is not shown: a run of 50,000 scenarios hardly feels it.
  await measureScenarios(generated, 8);
  show({
    what: 'scenarios as generated, up to 12 steps',
    perSecond: await measureScenarios((seed) => generated(seed + 500), 24),
    plain: forks,
  });
  // Both are held against the plain program on one processor; of two runs, before and after, the faster counts.
  const before = await plain('words', WORDS, 1);
  const rates: number[] = [];
  for (const jobs of WIDTHS) rates.push(await measureSweep(jobs));
  const best = Math.max(before, await plain('words', WORDS, 1));
  for (const [index, perSecond] of rates.entries())
    show({ what: `every flag word of clone(), ${String(WIDTHS[index])} at once`, perSecond, plain: best });
  await showReductions();
  await showStart();
} finally {
  await Promise.all(sessions.map((session) => session.close()));
}
