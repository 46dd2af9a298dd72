import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  SCENARIO_CALLERS,
  belongings,
  describeFailure,
  discoverEnvironment,
  kernelFacts,
  leftOver,
  localTarget,
  markEnvironment,
  noneIsLeft,
  probeFeatures,
  runScenarios,
  watchSystemV,
  type Environment,
  type ProbeSession,
  type ScenarioFailure,
} from '../harness/index.js';
import type { KernelFacts } from '../spec/index.js';
import { flatness, type Sample } from './flatness.js';

/**
 * `npm run soak -- [SCENARIOS] [--jobs N] [--seed N]`: scenarios for hours, by the same probes from first to last. Ends with what they
 * left behind, whether memory stayed flat, and how many scenarios differed; exit status 1 where any of that is not as it is to be.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string' }, seed: { type: 'string' } },
});
const SCENARIOS = Number(positionals[0] ?? 1_000_000);
const JOBS = Number(values.jobs ?? availableParallelism());
const SEED = Number(values.seed ?? 1);
/** Scenarios between two looks at the memory; each has a seed of its own. */
const SLICE = Math.min(1_000, Math.ceil(SCENARIOS / 40));
/** Lines that say how far it is. */
const LINES = 20;
/** Differences that are printed; all are counted. */
const SHOWN = 10;

const started = performance.now();
const samples: Sample[] = [];
const failures: ScenarioFailure[] = [];
const why = new Map<string, number>();
const counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
let [done, handedOut, slices, stopped] = [0, 0, 0, false];
process.once('SIGINT', () => {
  stopped = true;
});

/** Temporary files go to a folder of this run's own. */
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-soak-'));
process.env['TMPDIR'] = folder;
const mark = markEnvironment();
try {
  // The first probe is compiled, and opens what Node keeps open.
  await soak(1, 200);
  const before = belongings(folder);
  const systemVIsGone = watchSystemV();
  [done, handedOut, samples.length] = [0, 0, 0];
  Object.assign(counts, { pass: 0, fail: 0, blocked: 0, 'not-run': 0 });
  const deaths = await soak(JOBS, SCENARIOS);
  await noneIsLeft(mark);
  await systemVIsGone();
  process.exitCode = report(deaths, leftOver(before, belongings(folder)));
} finally {
  rmSync(folder, { recursive: true });
}

/** Performs so many scenarios by so many probes; returns why probes ended that were not told to. */
async function soak(jobs: number, count: number): Promise<readonly string[]> {
  const sessions = await Promise.all(Array.from({ length: jobs }, () => localTarget().session()));
  try {
    const headers = await Promise.all(sessions.map((session) => session.open()));
    const [first] = sessions;
    const [header] = headers;
    if (first === undefined || header === undefined) throw new Error('a soak needs at least one probe');
    const kernel = await probeFeatures(first, kernelFacts(header));
    const environment = await discoverEnvironment(first, header, kernel.probed);
    await Promise.all(sessions.map((session) => work(session, kernel, environment, count)));
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  return sessions.flatMap((session) => session.deaths);
}

async function work(
  session: ProbeSession,
  kernel: KernelFacts,
  environment: Environment,
  count: number,
): Promise<void> {
  while (handedOut < count && !stopped) {
    const slice = Math.min(SLICE, count - handedOut);
    handedOut += slice;
    const seed = SEED * 1_000_003 + slices++;
    const result = await runScenarios(session, kernel, environment, SCENARIO_CALLERS, { count: slice, seed });
    for (const verdict of ['pass', 'fail', 'blocked', 'not-run'] as const) counts[verdict] += result.counts[verdict];
    for (const [each, times] of result.why) why.set(each, (why.get(each) ?? 0) + times);
    failures.push(...result.failures.slice(0, Math.max(0, SHOWN - failures.length)));
    const lines = Math.floor((done * LINES) / count);
    done += result.scenarios;
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({ done, rss });
    if (Math.floor((done * LINES) / count) > lines) say(done, rss, heapUsed);
  }
}

function say(scenarios: number, rss: number, heap: number): void {
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${scenarios.toLocaleString('en-US').padStart(10)} scenarios  ${seconds.toFixed(0).padStart(6)} s  ` +
      `${mebibytes(rss)} MiB resident, ${mebibytes(heap)} MiB heap in use\n`,
  );
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0).padStart(5);
}

/** Prints what came of it; answers the exit status. */
function report(deaths: readonly string[], left: readonly string[]): number {
  const seconds = (performance.now() - started) / 1000;
  const memory = flatness(samples);
  const lines = [
    '',
    `${done.toLocaleString('en-US')} scenarios by ${String(JOBS)} probes in ${seconds.toFixed(0)} s (${(done / seconds).toFixed(0)}/s): ` +
      `${counts.pass.toLocaleString('en-US')} as predicted, ${String(counts.fail)} not, ${String(counts.blocked)} blocked, ${String(counts['not-run'])} not run`,
    ...failures.flatMap(describeFailure).map((line) => `  ${line}`),
    ...[...why].map(([each, times]) => `  ${String(times)} not judged: ${each}`),
    ...deaths.map((each) => `  ${each}`),
    left.length === 0
      ? 'left behind: no process, descriptor, mount, cgroup, file or System V object'
      : ['left behind:', ...left.map((each) => `  ${each}`)].join('\n'),
    `memory: ${memory.text}`,
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  if (stopped) return 130;
  const asItIsToBe =
    counts.fail + counts['not-run'] + deaths.length + left.length === 0 && memory.flat && done >= SCENARIOS;
  return asItIsToBe ? 0 : 1;
}
