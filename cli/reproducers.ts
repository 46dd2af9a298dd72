import {
  findCompiler,
  hostArchitecture,
  withSession,
  type Finding,
  type RunResult,
  type ScenarioFinding,
  type Target,
} from '../harness/index.js';
import {
  reproducerOf,
  writeReproducers,
  type ProgramLaunch,
  type ReportOptions,
  type ReproducerText,
} from '../reports/index.js';
import type { Architecture, Caller, CallerFacts } from '../spec/index.js';

/** How programs are run on a target; undefined where none can be but the probe. */
export async function launchOf({ launch }: Target): Promise<ProgramLaunch | undefined> {
  if (launch === undefined) return undefined;
  const { prefix, arch } = launch;
  return { prefix, ...(arch && arch !== hostArchitecture() && { compiler: await compilerOf(arch) }) };
}

/** Those of x86-64 have to be told that i386 is meant. */
async function compilerOf(arch: Architecture): Promise<string> {
  const compiler = await findCompiler(arch);
  return arch === 'i386' && !compiler.startsWith('i686-') ? `${compiler} -m32` : compiler;
}

/** What each caller is on the target; nothing of those that cannot be made there. */
async function callersOn(
  target: Target,
  callers: readonly Caller[],
): Promise<(caller: Caller) => CallerFacts | undefined> {
  const known = new Map<string, CallerFacts>();
  const key = ({ attributes }: Caller): string => attributes.join(' ');
  await withSession(target, async (session) => {
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
 * @param target - undefined where there is but a trace of it
 * @returns what reports say of it
 */
export async function reproduced(
  target: Target | undefined,
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
  const factsOf = target === undefined ? () => undefined : await callersOn(target, findings.map(callerOf));
  const texts = findings.map((finding) => {
    const caller = factsOf(callerOf(finding));
    return {
      clause: finding.clause,
      text: reproducerOf(finding, { kernel: result.kernel, ...(caller && { caller }) }),
    };
  });
  const written = await writeReproducers(folder, texts, target === undefined ? undefined : await launchOf(target));
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
