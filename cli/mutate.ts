import { Command } from 'commander';
import {
  discoverEnvironment,
  effectMutants,
  errorMutants,
  kernelFacts,
  openTarget,
  probeFeatures,
  recordRun,
  recordScenarios,
  withSession,
  type MutantResult,
} from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import { choiceOption, countOption } from './options.js';
import type { Finish } from './finish.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends TargetingOptions {
  readonly cases: number;
  readonly scenarios: number;
  readonly seed: number;
  readonly format?: 'pretty' | 'json';
}

/** `clonecheck mutate`. */
export function mutateCommand(finish: Finish): Command {
  return addTargeting(new Command('mutate'))
    .description('Break the model one clause at a time and show that each break is found.')
    .option('--cases <n>', 'generated calls, for the rules', countOption('cases'), 20_000)
    .option('--scenarios <n>', 'scenarios, for the effects', countOption('scenarios'), 4_000)
    .option('--seed <n>', 'same seed, same cases', countOption('seed'), 42)
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ clonecheck mutate --format json | grep -v cases      those that were not found',
    )
    .action(async ({ cases, scenarios, seed, format, ...targeting }: Options) => {
      const { target: name, options } = meant(targeting);
      const target = openTarget(name, options);
      const recorded = await recordRun(target, { runs: cases, seed, jobs: 1, order: 'strict', level: 'linux' });
      const performed = await withSession(target, async (session, header) =>
        recordScenarios(
          session,
          await probeFeatures(session, kernelFacts(header)),
          await discoverEnvironment(session, header),
          { count: scenarios, seed },
        ),
      );
      const results = [...errorMutants(recorded), ...effectMutants(performed, recorded.kernel)];
      const json = (format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
      process.stdout.write(json ? results.map((result) => `${JSON.stringify(result)}\n`).join('') : pretty(results));
      finish(
        results.some(({ cases: found, why }) => found === undefined && why === undefined)
          ? EXIT.unjudged
          : EXIT.conforms,
      );
    });
}

function pretty(results: readonly MutantResult[]): string {
  const found = results.filter(({ cases }) => cases !== undefined);
  const elsewhere = results.filter(({ cases, why }) => cases === undefined && why !== undefined);
  const survivors = results.filter(({ cases, why }) => cases === undefined && why === undefined);
  const counts = found.map(({ cases = 0 }) => cases).sort((a, b) => a - b);
  return [
    ...found.map(({ id, broken, cases = 0 }) => `found after ${String(cases).padStart(6)}  ${id}: ${broken}`),
    ...elsewhere.map(({ id, why = '' }) => `not here             ${id}: ${why}`),
    ...survivors.map(({ id, broken }) => `SURVIVED             ${id}: ${broken}`),
    `${String(results.length)} mutants: ${String(found.length)} found, half of them within ${String(counts[counts.length >> 1] ?? 0)} cases; ${String(elsewhere.length)} cannot be shown here; ${String(survivors.length)} survived`,
    '',
  ].join('\n');
}
