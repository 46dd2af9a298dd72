import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { describeFailure, localTarget, run } from '../harness/index.js';

/**
 * `npm run loaded -- [SCENARIOS [SEED]]`: effects on a machine whose processors are all busy with something else, three times in a row. A
 * difference that only shows under load is a mistake of the probe's.
 */
const SCENARIOS = Number(process.argv[2] ?? 50_000);
const FIRST_SEED = Number(process.argv[3] ?? 1);
const TIMES = 3;

const busy = Array.from({ length: availableParallelism() }, () =>
  execa(process.execPath, ['-e', 'for (;;);'], { reject: false }),
);
try {
  for (let time = 0; time < TIMES; time++) {
    const result = await run(localTarget(), {
      runs: 0,
      callers: [],
      scenarios: SCENARIOS,
      seed: FIRST_SEED + time,
      jobs: availableParallelism(),
      order: 'strict',
      level: 'linux',
    });
    const { scenarios, scenarioCounts, scenarioFindings, unstableScenarios, seconds } = result;
    const judged = result.clauses.filter(({ id, verdict }) => id.startsWith('effects/') && verdict === 'pass').length;
    process.stdout.write(
      `${scenarios.toLocaleString('en-US')} scenarios under load: ${JSON.stringify(scenarioCounts)}, ${String(scenarioFindings.length)} differences, ` +
        `${String(unstableScenarios.length)} unstable, ${String(judged)} effects judged, ${seconds.toFixed(1)} s\n`,
    );
    for (const { clause, scenario, mismatch } of [...scenarioFindings, ...unstableScenarios]) {
      const lines = describeFailure({ scenario, judgement: { clause, mismatch } });
      process.stdout.write(lines.map((line) => `  ${line}\n`).join(''));
    }
    for (const { why, cases } of result.lost)
      process.stdout.write(`  ${cases.toLocaleString('en-US')} not judged: ${why}\n`);
    if (scenarioFindings.length + unstableScenarios.length + scenarioCounts['not-run'] > 0) process.exitCode = 1;
  }
} finally {
  for (const each of busy) each.kill('SIGKILL');
  await Promise.all(busy);
}
