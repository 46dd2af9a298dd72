import * as v from 'valibot';
import { FLAGS, formatKernelVersion } from '../../spec/index.js';
import type { Finding, RunResult, ScenarioFinding } from '../../harness/index.js';
import { EXIT, exitStatus, tooLittle } from '../exit-status.js';
import type { WrittenReproducer } from '../reproducer/write.js';
import { casesPerSecond } from '../sentences.js';
import { callFinding, scenarioFinding, type Place } from './build-finding.js';
import { clauseAbout } from './clause-about.js';
import { expectationLines, reasonOf } from './build-expectation.js';
import {
  lineSchema,
  type ClauseLine,
  type ExpectationLine,
  type FindingLine,
  type FooterLine,
  type HeaderLine,
  type ResultLine,
  type Results,
} from './lines.js';

/** What a report has to know besides what was found. */
export interface ReportOptions {
  readonly order: string;
  /** With fewer clauses judged the run says too little. */
  readonly minJudged: number;
  /** A C program that shows a finding, where there is one. */
  readonly reproducer?: (finding: Finding | ScenarioFinding) => string | undefined;
  /** Where it lies, and whether it showed the difference on the target too. */
  readonly reproduced?: (finding: Finding | ScenarioFinding) => WrittenReproducer | undefined;
}

/** A run as the lines that every report is made of. */
export function resultsOf(run: RunResult, options: ReportOptions): Results {
  const header = held('header', headerOf(run, options));
  const place: Place = { target: run.target, kernel: header.kernel, release: header.release, order: options.order };
  const met = (run.expectations?.met ?? []).map(({ finding, expectation }) => ({
    finding,
    line: { ...findingLine(finding, place), expectation: reasonOf(expectation) },
  }));
  const findings = [
    ...met,
    ...run.findings.map((finding) => ({ finding, line: callFinding(finding, false, place) })),
    ...run.unstable.map((finding) => ({ finding, line: callFinding(finding, true, place) })),
    ...run.scenarioFindings.map((finding) => ({ finding, line: scenarioFinding(finding, false, place) })),
    ...run.unstableScenarios.map((finding) => ({ finding, line: scenarioFinding(finding, true, place) })),
  ];
  return {
    header,
    clauses: run.clauses.map(({ id, ...clause }) =>
      held('clause', { type: 'clause', id, ...clause, ...clauseAbout(id) }),
    ),
    findings: findings.map(({ finding, line }) => {
      const reproducer = options.reproducer?.(finding);
      const reproduced = options.reproduced?.(finding);
      return held('finding', {
        type: 'finding',
        ...line,
        ...(reproducer !== undefined && { reproducer }),
        ...(reproduced && { reproduced }),
      });
    }),
    ...(run.expectations && {
      expectations: expectationLines(run.expectations).map((line) => held('expectation', line)),
    }),
    footer: held('footer', footerOf(run, options)),
  };
}

function findingLine(finding: Finding | ScenarioFinding, place: Place): object {
  return 'minimal' in finding ? callFinding(finding, false, place) : scenarioFinding(finding, false, place);
}

function headerOf(run: RunResult, { order }: ReportOptions): object {
  const { header, kernel, target, seed, environment, startedAt } = run;
  return {
    type: 'header',
    target,
    kernel: formatKernelVersion(kernel.version),
    release: header.release,
    arch: kernel.arch,
    seed,
    order,
    startedAt,
    environment,
  };
}

function footerOf(run: RunResult, { minJudged }: ReportOptions): object {
  const by = (...verdicts: readonly string[]): readonly string[] =>
    run.clauses.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
  const status = exitStatus(run, minJudged);
  const flags = FLAGS.map(({ name }) => name);
  return {
    type: 'footer',
    counts: run.counts,
    judged: by('pass', 'fail'),
    notJudged: by('blocked', 'not-run'),
    blockedCallers: run.blockedCallers,
    lost: run.lost,
    deaths: run.deaths,
    limits: run.limits,
    cases: run.cases,
    scenarios: run.scenarios,
    scenarioCounts: run.scenarioCounts,
    seconds: Math.round(run.seconds * 1000) / 1000,
    casesPerSecond: casesPerSecond(run),
    interrupted: run.interrupted,
    status,
    ...(status === EXIT.unjudged && { unjudged: tooLittle(run, minJudged) }),
    pairs: {
      flags,
      counts: run.pairs.map(({ flags: [one, two], accepted, refused, differs }) => [
        flags.indexOf(one),
        flags.indexOf(two),
        accepted,
        refused,
        differs,
      ]),
    },
  };
}

interface Lines {
  readonly header: HeaderLine;
  readonly clause: ClauseLine;
  readonly finding: FindingLine;
  readonly expectation: ExpectationLine;
  readonly footer: FooterLine;
}

/** What this program writes is held to the same schema as what it reads; that also makes its text fit to be shown. */
function held<T extends keyof Lines>(type: T, line: object): Lines[T] {
  const parsed = v.parse(lineSchema, line);
  if (!isOf(parsed, type)) throw new Error(`a ${parsed.type} is no ${type}`);
  return parsed;
}

function isOf<T extends keyof Lines>(line: ResultLine, type: T): line is Lines[T] & ResultLine {
  return line.type === type;
}
