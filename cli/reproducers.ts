import { openTarget, withSession, type Finding, type RunResult, type ScenarioFinding } from '../harness/index.js';
import { reproducerOf, writeReproducers, type ReportOptions, type ReproducerText } from '../reports/index.js';
import type { Caller, CallerFacts } from '../spec/index.js';

/** Words of the command that runs a program on a target: none for this machine. */
export function prefixOf(target: string): readonly string[] {
  return target.startsWith('exec:') ? target.slice('exec:'.length).trim().split(/\s+/) : [];
}

/** What each caller is on the target; nothing of those that cannot be made there. */
export async function callersOn(
  target: string,
  callers: readonly Caller[],
): Promise<(caller: Caller) => CallerFacts | undefined> {
  const known = new Map<string, CallerFacts>();
  const key = ({ attributes }: Caller): string => attributes.join(' ');
  await withSession(openTarget(target), async (session) => {
    for (const caller of callers) {
      if (known.has(key(caller))) continue;
      const { facts } = await session.run(caller, []);
      if (facts !== undefined) known.set(key(caller), facts);
    }
  });
  return (caller) => known.get(key(caller));
}

/**
 * Writes a C program for each finding, and runs it on the target.
 *
 * @param target - as given with `--target`
 * @returns what reports say of it
 */
export async function reproduced(
  target: string,
  result: RunResult,
  folder: string,
): Promise<Pick<ReportOptions, 'reproducer' | 'reproduced'>> {
  const findings: readonly (Finding | ScenarioFinding)[] = [
    ...result.findings,
    ...result.unstable,
    ...result.scenarioFindings,
    ...result.unstableScenarios,
  ];
  if (findings.length === 0) return {};
  const factsOf = await callersOn(target, findings.map(callerOf));
  const texts = findings.map((finding) => {
    const caller = factsOf(callerOf(finding));
    return {
      clause: finding.clause,
      text: reproducerOf(finding, { kernel: result.kernel, ...(caller && { caller }) }),
    };
  });
  const written = await writeReproducers(folder, texts, prefixOf(target));
  const at = (finding: Finding | ScenarioFinding): number => findings.indexOf(finding);
  return {
    reproducer: (finding) => programOf(texts[at(finding)]?.text),
    reproduced: (finding) => written[at(finding)],
  };
}

function callerOf(finding: Finding | ScenarioFinding): Caller {
  return 'minimal' in finding ? finding.minimal.caller : finding.scenario.caller;
}

function programOf(text: ReproducerText | undefined): string | undefined {
  return typeof text === 'string' ? text : undefined;
}
