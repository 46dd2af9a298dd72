import * as v from 'valibot';
import { formatKernelVersion } from '../../spec/index.js';
import {
  rangeOfPart,
  without,
  type Part,
  type SweepResult,
  type SweepSpace,
  type SweepStart,
  type SweptRange,
} from '../../harness/index.js';
import { EXIT, type ExitStatus } from '../exit-status.js';
import { callFinding } from '../results/build-finding.js';
import type { FindingLine } from '../results/index.js';
import { count } from '../sentences.js';
import {
  sweepLineSchema,
  type RangeLine,
  type SweepFooterLine,
  type SweepHeaderLine,
  type SweepLine,
  type SweepLines,
} from './lines.js';

/** The first line of a sweep. */
export function sweepHeader(
  { target, header, kernel, environment, startedAt }: SweepStart,
  options: {
    readonly version: string;
    readonly order: string;
    readonly part: Part;
    readonly spaces: readonly SweepSpace[];
  },
): SweepHeaderLine {
  return held('header', {
    type: 'header',
    command: 'sweep',
    version: options.version,
    target,
    kernel: formatKernelVersion(kernel.version),
    release: header.release,
    arch: kernel.arch,
    order: options.order,
    startedAt,
    environment,
    part: `${String(options.part.number)}/${String(options.part.of)}`,
    spaces: options.spaces.map(({ name, caller, what, words }) => ({ sweep: name, caller: caller.name, what, words })),
  });
}

/** The line of a range. */
export function rangeLine({ seconds, ...range }: SweptRange): RangeLine {
  return held('range', { type: 'range', ...range, seconds: rounded(seconds) });
}

/** The lines of what a sweep found. */
export function sweepFindings(result: SweepResult, header: SweepHeaderLine): readonly FindingLine[] {
  const { target, kernel, release, order } = header;
  const place = { target, kernel, release, order };
  return [
    ...result.findings.map((finding) => callFinding(finding, false, place)),
    ...result.unstable.map((finding) => callFinding(finding, true, place)),
  ].map((line) => held('finding', { type: 'finding', ...line }));
}

/** What a footer is made of, besides the lines before it. */
export interface SweepEnd {
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly deaths: readonly string[];
  readonly limits: readonly string[];
}

/** The last line, which counts what the others have. */
export function sweepFooter({ header, ranges, findings }: Omit<SweepLines, 'footer'>, end: SweepEnd): SweepFooterLine {
  const sum = (read: (range: RangeLine) => number): number => ranges.reduce((total, range) => total + read(range), 0);
  const words = sum(({ from, to }) => to - from);
  const totals = {
    words,
    differences: sum(({ differences }) => differences),
    unstable: sum(({ unstable }) => unstable),
    open: sum(({ open }) => open),
    notJudged: added(ranges.map(({ notJudged }) => notJudged)),
    lost: added(ranges.map(({ lost }) => lost)),
    missing: missingIn(header, ranges).reduce((total, { from, to }) => total + to - from, 0),
  };
  const unjudged = tooLittle(totals, findings, end, header, ranges);
  const status = statusOf(findings, end, unjudged);
  return held('footer', {
    type: 'footer',
    ...totals,
    seconds: rounded(end.seconds),
    wordsPerSecond: end.seconds > 0 ? Math.round(words / end.seconds) : 0,
    interrupted: end.interrupted,
    deaths: end.deaths,
    limits: end.limits,
    status,
    ...(status === EXIT.unjudged && { unjudged }),
  });
}

/** Ranges of the part that no line tells of. */
export function missingIn(
  { part, spaces }: SweepHeaderLine,
  ranges: readonly RangeLine[],
): readonly { readonly sweep: string; readonly caller: string; readonly from: number; readonly to: number }[] {
  const [number = 1, of = 1] = part.split('/').map(Number);
  return spaces.flatMap(({ sweep, caller, words }) => {
    const own = ranges.filter((range) => range.sweep === sweep && range.caller === caller);
    return without(rangeOfPart(words, { number, of }), own).map((range) => ({ sweep, caller, ...range }));
  });
}

function statusOf(findings: readonly FindingLine[], end: SweepEnd, unjudged: string | undefined): ExitStatus {
  if (findings.some(({ unstable }) => !unstable)) return EXIT.differs;
  if (end.interrupted) return EXIT.interrupted;
  return unjudged === undefined ? EXIT.conforms : EXIT.unjudged;
}

type Totals = Pick<SweepFooterLine, 'words' | 'differences' | 'unstable' | 'notJudged' | 'lost' | 'missing'>;

/** Why a sweep without a difference still says too little; undefined where it says enough. */
function tooLittle(
  { words, differences, unstable, notJudged, lost, missing }: Totals,
  findings: readonly FindingLine[],
  { deaths }: SweepEnd,
  header: SweepHeaderLine,
  ranges: readonly RangeLine[],
): string | undefined {
  if (unstable > 0 || findings.some((finding) => finding.unstable)) return 'a difference did not repeat';
  if (differences > 0) return 'a difference could not be followed up';
  const [gap] = missingIn(header, ranges);
  if (gap !== undefined)
    return `${count(missing, 'word')} missing, the first of ${gap.sweep} as ${gap.caller} at ${String(gap.from)}`;
  if (total(lost) > 0) return 'not every word got an answer';
  if (deaths.length > 0) return `a probe ended unasked: ${deaths[0] ?? ''}`;
  return words > total(notJudged) ? undefined : 'no word was judged';
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, words) => sum + words, 0);
}

/** Counts by name, added up. */
export function added(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, number] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + number);
  return Object.fromEntries(sums);
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

interface Lines {
  readonly header: SweepHeaderLine;
  readonly range: RangeLine;
  readonly finding: FindingLine;
  readonly footer: SweepFooterLine;
}

/** What this program writes is held to the same schema as what it reads. */
function held<T extends keyof Lines>(type: T, line: object): Lines[T] {
  const parsed = v.parse(sweepLineSchema, line);
  if (!isOf(parsed, type)) throw new Error(`a ${parsed.type} is no ${type}`);
  return parsed;
}

function isOf<T extends keyof Lines>(line: SweepLine, type: T): line is Lines[T] & SweepLine {
  return line.type === type;
}
