import { EFFECTS, flagNames, formatCall, formatResult, formatStep, type Call } from '../../spec/index.js';
import { UNEXPLAINED, textOf, type Finding, type ScenarioFinding } from '../../harness/index.js';
import { againCommand, againScenario, deviation } from '../sentences.js';
import { clauseAbout } from './clause-about.js';
import { visibleLine } from '../../spec/text/visible.js';

/** Where a finding was made, as far as showing it again needs it. */
export interface Place {
  readonly target: string;
  readonly kernel: string;
  readonly release: string;
  readonly order: string;
}

/** The line of a difference that one call shows. */
export function callFinding(finding: Finding, unstable: boolean, place: Place): object {
  const { clause, kind, expected, observed, minimal, reproducible, runs, complete, needed } = finding;
  return {
    clause,
    kind,
    unstable,
    expected,
    observed,
    summary: deviation(kind, expected, observed),
    case: { caller: minimal.caller.name, attributes: minimal.caller.attributes, call: formatCall(minimal.call) },
    text: [textOf(minimal)],
    reproducible,
    size: formatCall(minimal.call).split(/[|,]/).length,
    reduction: { runs, complete },
    needed,
    ...about(clause, [minimal.call]),
    ...again(place, (options) => againCommand(minimal, options)),
  };
}

/** The line of a difference that a scenario shows. */
export function scenarioFinding(finding: ScenarioFinding, unstable: boolean, place: Place): object {
  const { clause, scenario, mismatch, results, reproducible, runs, complete, needed } = finding;
  const expected = formatResult(mismatch.expected);
  const observed = formatResult(mismatch.observed);
  const calls = scenario.steps.flatMap((step) => (step.op === 'clone' ? [step.call] : []));
  return {
    clause,
    kind: kindOf(finding),
    unstable,
    step: mismatch.step,
    expected: [expected],
    observed,
    summary: EFFECTS.find(({ id }) => id === clause)?.broken ?? `${observed} instead of ${expected}`,
    ...(mismatch.note !== undefined && { note: mismatch.note }),
    case: {
      caller: scenario.caller.name,
      attributes: scenario.caller.attributes,
      steps: scenario.steps.map(formatStep),
    },
    text: scenario.steps.map(formatStep),
    steps: scenario.steps.map((step, index) => {
      const differs = index === mismatch.step;
      const [want, got] = differs
        ? [mismatch.expected, mismatch.observed]
        : [results?.expected[index], results?.observed[index]];
      return {
        text: formatStep(step),
        ...(want !== undefined && { expected: formatResult(want) }),
        ...(got !== undefined && { observed: formatResult(got) }),
        differs,
      };
    }),
    reproducible,
    size: scenario.steps.length,
    reduction: { runs, complete },
    needed,
    ...about(clause, calls),
    ...again(place, (options) => againScenario(scenario, options)),
  };
}

/** With the clause the fingerprint: an effect is missing, or else the operation at which it shows, and how. */
function kindOf({ clause, scenario, mismatch: { step, expected, observed } }: ScenarioFinding): string {
  if (clause !== UNEXPLAINED) return 'missing';
  return `${scenario.steps[step]?.op ?? 'step'}: ${observed.kind} instead of ${expected.kind}`;
}

function about(id: string, calls: readonly Call[]): object {
  const { says, source, man } = clauseAbout(id);
  return { flags: [...new Set(calls.flatMap(namesOf))], why: says, source, man };
}

function namesOf(call: Call): readonly string[] {
  if (call.call === 'clone') return flagNames(call.flags & ~0xffn).names;
  return call.call === 'clone3' ? flagNames(call.args.flags).names : [];
}

/** A trace in a file cannot be asked again; and what would be cut or written otherwise is no command any more. */
function again({ target, kernel, release, order }: Place, command: (options: readonly string[]) => string): object {
  if (target.startsWith('file:')) return {};
  const options = [
    ...(target.startsWith('exec:') ? ['--target', target] : []),
    ...(release.startsWith(kernel) ? [] : ['--kernel', kernel]),
    ...(order === 'any' ? ['--order', order] : []),
  ];
  const words = command(options);
  return visibleLine(words) === words ? { again: words } : {};
}
