import pc from 'picocolors';
import { EFFECTS, SPECIFICATION, formatKernelVersion, formatResult, formatStep } from '../spec/index.js';
import { textOf, type ClauseResult, type Finding, type RunResult, type ScenarioFinding } from '../harness/index.js';
import { tooLittle } from './exit-status.js';
import { expectationsSection } from './expectations.js';
import { againCommand, casesPerSecond, count, deviation, outcomes, sourceOf } from './sentences.js';

/**
 * A run for people who read a terminal.
 *
 * @param colour - with escape sequences
 */
export function terminal(result: RunResult, minJudged: number, colour: boolean): string {
  const paint = pc.createColors(colour);
  const lines: string[] = [];
  const { header, kernel } = result;
  const held = formatKernelVersion(kernel.version);
  const release = header.release.startsWith(held) ? '' : `, held to ${held}`;
  lines.push(
    `${paint.bold('clonecheck')} ${result.target}: Linux ${header.release} ${kernel.arch}${release}, seed ${String(result.seed)}`,
  );
  const judged = result.clauses.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const differences = result.findings.length + result.scenarioFindings.length;
  const differ = differences === 0 ? paint.green('no difference') : paint.red(count(differences, 'difference'));
  lines.push(`${String(judged.length)} of ${count(result.clauses.length, 'clause')} judged: ${differ}`, '');
  for (const finding of result.findings) lines.push(...describe(finding, paint.red('✗')), '');
  for (const finding of result.scenarioFindings) lines.push(...describeScenario(finding, paint.red('✗')), '');
  if (result.unstable.length + result.unstableScenarios.length > 0) {
    lines.push(paint.bold('Unstable: seen, but not each time'));
    for (const finding of result.unstable) lines.push(...describe(finding, paint.yellow('~')), '');
    for (const finding of result.unstableScenarios) lines.push(...describeScenario(finding, paint.yellow('~')), '');
  }
  lines.push(...expectationsSection(result, paint.bold));
  lines.push(...notJudged(result.clauses, paint.bold));
  if (result.blockedCallers.length > 0) {
    lines.push(paint.bold('Callers that cannot be made here'));
    for (const { caller, why } of result.blockedCallers) lines.push(`  ${caller}: ${why}`);
    lines.push('');
  }
  for (const reason of result.environment) lines.push(`${paint.yellow('!')} ${reason}`);
  for (const { why, cases } of result.lost)
    lines.push(`${paint.yellow('!')} ${count(cases, 'case')} without an answer: ${why}`);
  lines.push(totals(result), verdict(result, minJudged, paint));
  return `${lines.join('\n')}\n`;
}

function describe(finding: Finding, mark: string): readonly string[] {
  const { clause: id, kind, expected, observed, minimal, reproducible } = finding;
  const clause = SPECIFICATION.clause(id) ?? SPECIFICATION.errors.otherwise;
  return [
    `${mark} ${id}: ${deviation(kind, expected, observed)}`,
    `    ${textOf(minimal)}`,
    `    expected ${outcomes(expected)}, observed ${observed}; ${String(reproducible.k)} of ${String(reproducible.n)} runs${finding.complete ? '' : ', not fully reduced'}`,
    `    ${clause.why} (${sourceOf(clause)})`,
    `    again: ${againCommand(minimal)}`,
  ];
}

function describeScenario(
  { clause, scenario, mismatch, reproducible }: ScenarioFinding,
  mark: string,
): readonly string[] {
  const effect = EFFECTS.find(({ id }) => id === clause);
  const steps = scenario.steps.map((step, index) => `    ${index === mismatch.step ? '>' : ' '} ${formatStep(step)}`);
  const note = mismatch.note === undefined ? '' : ` (${mismatch.note})`;
  return [
    `${mark} ${clause}, as ${scenario.caller.name}`,
    ...steps,
    `    expected ${formatResult(mismatch.expected)}, observed ${formatResult(mismatch.observed)}${note}; ${String(reproducible.k)} of ${String(reproducible.n)} runs`,
    ...(effect === undefined ? [] : [`    ${effect.why} (${effect.source})`]),
  ];
}

function notJudged(clauses: readonly ClauseResult[], bold: (text: string) => string): readonly string[] {
  const groups: readonly (readonly [string, readonly ClauseResult[]])[] = [
    ['Not reached, though nothing stands in the way: run longer', clauses.filter(({ missed }) => missed === true)],
    ['Blocked here', clauses.filter(({ verdict }) => verdict === 'blocked')],
    ['Not judged', clauses.filter(({ verdict, missed }) => verdict === 'not-run' && missed !== true)],
  ];
  return groups.flatMap(([title, members]) =>
    members.length === 0
      ? []
      : [bold(`${title} (${String(members.length)})`), ...members.map(({ id, why = '' }) => `  ${id}: ${why}`), ''],
  );
}

function totals(result: RunResult): string {
  const { cases, scenarios, seconds } = result;
  const rate = casesPerSecond({ cases: cases + scenarios, seconds }).toLocaleString('en-US');
  const time = `in ${seconds.toFixed(1)} s (${rate}/s)`;
  if (scenarios === 0) return `${count(cases, 'case')} ${time}: ${verdicts(result.counts)}`;
  return [
    `${count(cases, 'case')}: ${verdicts(result.counts)}`,
    `${count(scenarios, 'scenario')}: ${verdicts(result.scenarioCounts)}`,
    time,
  ].join('\n');
}

function verdicts({ pass, fail, blocked, 'not-run': notRun }: RunResult['counts']): string {
  return `${pass.toLocaleString('en-US')} as predicted, ${String(fail)} not, ${String(blocked)} blocked, ${String(notRun)} not run`;
}

function verdict(result: RunResult, minJudged: number, paint: ReturnType<typeof pc.createColors>): string {
  if (result.findings.length + result.scenarioFindings.length > 0) return paint.red('DIFFERS from Linux as specified');
  if ((result.expectations?.broken.length ?? 0) > 0) return paint.red('DIFFERS from what is expected');
  if (result.interrupted) return paint.yellow('INTERRUPTED: no difference in what ran');
  const little = tooLittle(result, minJudged);
  const met = result.expectations?.met.length ?? 0;
  const expected = met === 0 ? '' : `, but for ${count(met, 'expected difference')}`;
  return little === undefined ? paint.green(`CONFORMS${expected}`) : paint.yellow(`NOT JUDGED: ${little}`);
}
