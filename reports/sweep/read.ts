import * as v from 'valibot';
import { InputError } from '../../spec/index.js';
import { overlap } from '../../harness/index.js';
import type { FindingLine } from '../results/index.js';
import { visibleLine } from '../../spec/text/visible.js';
import {
  sweepLineSchema,
  type RangeLine,
  type SweepFooterLine,
  type SweepHeaderLine,
  type SweepLine,
  type SweepLines,
} from './lines.js';

const LONGEST_LINE = 1_048_576;
const MOST_LINES = 1_000_000;
const HINT = 'a sweep is what `clonecheck sweep --format json` or `--out FILE` writes';

/**
 * Reads the lines of a sweep. A file without its footer is read too, though its last line be cut off: whoever wrote it did not come to its end.
 *
 * @throws InputError with file and line where a line is none of a sweep, stands where it cannot, or tells of words a second time
 */
export function readSweep(text: string, file: string): SweepLines {
  let header: SweepHeaderLine | undefined;
  let footer: SweepFooterLine | undefined;
  const ranges: (RangeLine & { readonly line: number })[] = [];
  const findings: FindingLine[] = [];
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) throw new InputError(`more than ${String(MOST_LINES)} lines`, HINT, { file });
  for (const [index, content] of lines.entries()) {
    if (content.trim() === '') continue;
    const where = { file, line: index + 1 };
    const json = parseJson(content);
    if (json === undefined && header !== undefined && index === lines.length - 1) break;
    const line = parseLine(content, json, where);
    if (footer !== undefined) throw new InputError('a line behind the footer', HINT, where);
    if (line.type === 'header') {
      if (header !== undefined) throw new InputError('a second header', 'give one file for each sweep', where);
      header = line;
    } else if (header === undefined) throw new InputError(`a ${line.type} before the header`, HINT, where);
    else if (line.type === 'range') ranges.push({ ...checked(line, header, where), line: where.line });
    else if (line.type === 'finding') findings.push(line);
    else footer = line;
  }
  if (header === undefined) throw new InputError('there is no header', HINT, { file, line: 1 });
  for (const { sweep, caller } of header.spaces) {
    const twice = overlap(ranges.filter((range) => range.sweep === sweep && range.caller === caller));
    if (twice !== undefined)
      throw new InputError(`words of ${sweep} as ${caller} stand twice, from ${String(twice[1].from)}`, HINT, {
        file,
        line: Math.max(twice[0].line, twice[1].line),
      });
  }
  return { header, ranges: ranges.map(({ line: _, ...range }) => range), findings, ...(footer && { footer }) };
}

/** A range lies in its space, and says of each of its words at most once what came of it. */
function checked(range: RangeLine, { spaces }: SweepHeaderLine, where: { file: string; line: number }): RangeLine {
  const { sweep, caller, from, to, different } = range;
  const space = spaces.find((each) => each.sweep === sweep && each.caller === caller);
  if (space === undefined) throw new InputError(`the header has no ${sweep} as ${caller}`, HINT, where);
  if (from >= to || to > space.words || different.some((index) => index < from || index >= to))
    throw new InputError(`${String(from)} to ${String(to)} is no range of ${String(space.words)} words`, HINT, where);
  const not = [range.notJudged, range.lost].flatMap((counts) => Object.values(counts)).reduce((a, b) => a + b, 0);
  if (range.differences + range.unstable + range.open + not > to - from)
    throw new InputError('the range counts more words than it has', HINT, where);
  return range;
}

function parseJson(text: string): unknown {
  if (text.length > LONGEST_LINE) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseLine(text: string, json: unknown, where: { file: string; line: number }): SweepLine {
  if (json === undefined)
    throw new InputError(`${visibleLine(JSON.stringify(text.slice(0, 60)))} is no JSON`, HINT, where);
  const result = v.safeParse(sweepLineSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.');
  const what = visibleLine(`${path === '' ? '' : `${path}: `}${issue.message}`).slice(0, 300);
  throw new InputError(`no line of a sweep: ${what}`, HINT, where);
}
