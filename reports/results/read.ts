import * as v from 'valibot';
import { InputError } from '../../spec/index.js';
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
import { beginning, visibleLine } from '../../spec/text/visible.js';

/** The longest line that is looked at, in characters, and the most lines. */
const LONGEST_LINE = 1_048_576;
const MOST_LINES = 10_000;
const HINT = 'results are what `clonecheck run --format json` or `--out FILE` writes';

interface Where {
  readonly file: string;
  readonly line: number;
}

/**
 * Reads the lines of `run --format json`. A file without its footer is read too, though its last line be cut off: it is the result of a
 * run that did not come to its end.
 *
 * @throws InputError with file and line where a line is no line of results, or stands where it cannot
 */
export function readResults(text: string, file: string): Results {
  let header: HeaderLine | undefined;
  let footer: FooterLine | undefined;
  const clauses: ClauseLine[] = [];
  const findings: FindingLine[] = [];
  const expectations: ExpectationLine[] = [];
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) throw new InputError(`more than ${String(MOST_LINES)} lines`, HINT, { file });
  for (const [index, content] of lines.entries()) {
    if (content.trim() === '') continue;
    const where = { file, line: index + 1 };
    // Whoever wrote the last line did not come to its end: what came before it is a result without a footer.
    if (header !== undefined && index === lines.length - 1 && !isJson(content)) break;
    const line = parseLine(content, where);
    if (footer !== undefined) throw new InputError('a line behind the footer', HINT, where);
    if (line.type === 'header') {
      if (header !== undefined) throw new InputError('a second header', 'give one file for each run', where);
      header = line;
    } else if (header === undefined) throw new InputError(`a ${line.type} before the header`, HINT, where);
    else if (line.type === 'clause') clauses.push(line);
    else if (line.type === 'finding') findings.push(line);
    else if (line.type === 'expectation') expectations.push(line);
    else footer = line;
  }
  if (header === undefined) throw new InputError('there is no header', HINT, { file, line: 1 });
  return { header, clauses, findings, ...(expectations.length > 0 && { expectations }), ...(footer && { footer }) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseLine(text: string, where: Where): ResultLine {
  if (text.length > LONGEST_LINE)
    throw new InputError(`a line of ${text.length.toLocaleString('en-US')} characters`, HINT, where);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${visibleLine(JSON.stringify(text.slice(0, 60)))} is no JSON`, HINT, where);
  }
  const result = v.safeParse(lineSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.');
  const what = beginning(visibleLine(`${path === '' ? '' : `${path}: `}${issue.message}`), 300);
  throw new InputError(`no line of results: ${what}`, HINT, where);
}
