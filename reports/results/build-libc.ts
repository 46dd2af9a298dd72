import * as v from 'valibot';
import { formatKernelVersion, parseKernelVersion } from '../../spec/index.js';
import type { LibcExpectations, LibcFinding, LibcRun } from '../../harness/index.js';
import { EXIT, type ExitStatus } from '../exit-status.js';
import { casesPerSecond, shellWord } from '../sentences.js';
import { expectationLines, reasonOf } from './build-expectation.js';
import { clauseAbout } from './clause-about.js';
import { lineSchema, type ResultLine, type Results } from './lines.js';
import { visibleLine } from '../../spec/text/visible.js';

/** What a report on a libc has to know besides what was found. */
export interface LibcReportOptions {
  /** With fewer clauses judged the run says too little. */
  readonly minJudged: number;
  readonly expectations?: LibcExpectations;
}

/** A run on a libc as the lines that every report is made of. */
export function resultsOfLibc(run: LibcRun, options: LibcReportOptions): Results {
  const { expectations } = options;
  const met = new Map((expectations?.met ?? []).map(({ finding, expectation }) => [finding, expectation]));
  const findings = [...run.findings, ...run.unstable].map((finding) => {
    const expectation = met.get(finding);
    return {
      ...findingLine(finding, run),
      ...(expectation !== undefined && { expectation: reasonOf(expectation) }),
    };
  });
  const lines = [
    headerOf(run),
    ...run.clauses.map(({ id, ...clause }) => ({ type: 'clause', id, ...clause, ...clauseAbout(id) })),
    ...findings,
    ...(expectations === undefined ? [] : expectationLines(expectations)),
    footerOf(run, options),
  ].map((line): ResultLine => v.parse(lineSchema, line));
  const [header, footer] = [lines.find((line) => line.type === 'header'), lines.find((line) => line.type === 'footer')];
  if (header === undefined || footer === undefined) throw new Error('results have a header and a footer');
  return {
    header,
    clauses: lines.filter((line) => line.type === 'clause'),
    findings: lines.filter((line) => line.type === 'finding'),
    ...(expectations !== undefined && { expectations: lines.filter((line) => line.type === 'expectation') }),
    footer,
  };
}

function headerOf({ target, header: { arch, release }, startedAt }: LibcRun): object {
  const version = parseKernelVersion(release);
  return {
    type: 'header',
    target,
    kernel: version === undefined ? release : formatKernelVersion(version),
    release,
    arch,
    // Cases of a libc are fixed.
    seed: 0,
    order: 'strict',
    startedAt,
    environment: [],
  };
}

function findingLine({ clause, kind, expected, observed, reproducible }: LibcFinding, run: LibcRun): object {
  const again = `clonecheck run --target ${shellWord(run.target)} --only ${clause.id}`;
  const { says, flags, source, man } = clauseAbout(clause.id);
  return {
    type: 'finding',
    clause: clause.id,
    kind,
    unstable: reproducible.k < reproducible.n,
    expected: [expected],
    observed,
    summary: kind,
    case: { caller: run.header.uid === 0 ? 'root' : 'user', attributes: [], call: clause.does },
    text: [clause.does],
    reproducible,
    size: 1,
    flags,
    why: says,
    source,
    ...(man !== undefined && { man }),
    ...(visibleLine(again) === again && { again }),
  };
}

function footerOf(run: LibcRun, options: LibcReportOptions): object {
  const by = (...verdicts: readonly string[]): readonly string[] =>
    run.clauses.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
  const status = statusOf(run, options);
  return {
    type: 'footer',
    counts: run.counts,
    judged: by('pass', 'fail'),
    notJudged: by('blocked', 'not-run'),
    blockedCallers: [],
    lost: run.lost,
    deaths: run.deaths,
    limits: [],
    cases: run.cases,
    scenarios: 0,
    scenarioCounts: { pass: 0, fail: 0, blocked: 0, 'not-run': 0 },
    seconds: Math.round(run.seconds * 1000) / 1000,
    casesPerSecond: casesPerSecond(run),
    interrupted: run.interrupted,
    status,
    ...(status === EXIT.unjudged && { unjudged: tooLittleOf(run, options) }),
    pairs: { flags: [], counts: [] },
  };
}

/** As of a run on a kernel: a difference that nobody expects outweighs everything else. */
function statusOf(run: LibcRun, options: LibcReportOptions): ExitStatus {
  const { met = [], broken = [] } = options.expectations ?? {};
  if (run.findings.length > met.length || broken.length > 0) return EXIT.differs;
  if (run.interrupted) return EXIT.interrupted;
  return tooLittleOf(run, options) === undefined ? EXIT.conforms : EXIT.unjudged;
}

function tooLittleOf({ unstable, counts, deaths }: LibcRun, { minJudged }: LibcReportOptions): string | undefined {
  const judged = counts.pass + counts.fail;
  if (unstable.length > 0) return 'a difference did not repeat';
  if (counts['not-run'] > 0) return 'not every case got an answer';
  if (deaths.length > 0) return `the tracer ended unasked: ${deaths[0] ?? ''}`;
  if (judged === 0) return 'no case was judged';
  return judged < minJudged ? `fewer than ${String(minJudged)} clauses were judged` : undefined;
}
