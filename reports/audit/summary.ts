import { count } from '../sentences.js';
import type { OtherLine } from '../../spec/text/strace-log.js';
import { answerText, flagSet, possibleText, type AuditedCall, type NotUnderstood } from './audit.js';

/** Calls of a log that asked for the same and got the same answer. */
export interface AuditGroup {
  readonly flags: string;
  readonly answer: string;
  readonly count: number;
  readonly verdict: AuditedCall['verdict']['kind'];
  /** The clause that explains a refusal, or what else is to be said. */
  readonly clause?: string;
  readonly why?: string;
  /** Lines of the log, the first few. */
  readonly lines: readonly number[];
}

/** A whole log. */
export interface AuditSummary {
  readonly lines: number;
  readonly calls: number;
  readonly conform: number;
  readonly differ: number;
  readonly impossible: number;
  readonly notJudged: number;
  readonly notUnderstood: number;
  readonly groups: readonly AuditGroup[];
  /** Lines on which no call ends, by what they are. */
  readonly others: Readonly<Partial<Record<OtherLine, number>>>;
}

/** Counts what a log holds, line by line; every line of it is in one of the numbers. */
export class Audit {
  private readonly groups = new Map<string, { call: AuditedCall; count: number; lines: number[] }>();
  private readonly others = new Map<OtherLine, number>();
  private readonly verdicts = { conforms: 0, differs: 0, impossible: 0, 'not judged': 0 };
  private notUnderstood = 0;
  private lines = 0;

  /** A line on which a call ends, or which is something else. */
  addLine(other?: OtherLine): void {
    this.lines++;
    if (other !== undefined) this.others.set(other, (this.others.get(other) ?? 0) + 1);
  }

  addCall(call: AuditedCall | NotUnderstood): void {
    if ('error' in call) {
      this.notUnderstood++;
      return;
    }
    this.verdicts[call.verdict.kind]++;
    const key = `${flagSet(call.parsed)} ${answerText(call)} ${JSON.stringify(aboutOf(call))}`;
    const group = this.groups.get(key) ?? { call, count: 0, lines: [] };
    group.count++;
    if (group.lines.length < 5) group.lines.push(call.line);
    this.groups.set(key, group);
  }

  summary(): AuditSummary {
    const { conforms, differs, impossible, 'not judged': notJudged } = this.verdicts;
    const groups = [...this.groups.values()].sort((a, b) => b.count - a.count);
    return {
      lines: this.lines,
      calls: conforms + differs + impossible + notJudged + this.notUnderstood,
      ...{ conform: conforms, differ: differs, impossible, notJudged, notUnderstood: this.notUnderstood },
      groups: groups.map(({ call, count: number, lines }) => ({
        flags: flagSet(call.parsed),
        answer: answerText(call),
        count: number,
        verdict: call.verdict.kind,
        ...aboutOf(call),
        lines,
      })),
      others: Object.fromEntries(this.others),
    };
  }
}

function aboutOf(call: AuditedCall): { readonly clause?: string; readonly why?: string } {
  const { verdict, prediction, parsed } = call;
  switch (verdict.kind) {
    case 'conforms': {
      const clause = prediction.refusals.find(({ errno }) => errno === parsed.recorded);
      return clause === undefined ? {} : { clause: clause.id, why: clause.why };
    }
    case 'differs': {
      const { clause } = verdict.possible;
      const told = `${prediction.allowed.join(' or ')} was due; ${possibleText(verdict.possible)}`;
      return { ...(clause && { clause: clause.id }), why: told };
    }
    case 'impossible':
      return { why: `${prediction.allowed.join(' or ')} was due; no caller gets this answer` };
    case 'not judged':
      return { why: verdict.why };
  }
}

const MARKS: Readonly<Record<AuditGroup['verdict'], string>> = {
  conforms: ' ',
  differs: '!',
  impossible: '✗',
  'not judged': '?',
};

/** A summary for people who read a terminal; what contradicts the prediction stands first. */
export function summaryText(summary: AuditSummary, bold: (text: string) => string): string {
  const { calls, lines, conform, differ, impossible, notJudged, notUnderstood, groups, others } = summary;
  const loud = groups.filter(({ verdict }) => verdict === 'impossible' || verdict === 'differs');
  const rest = groups.filter((group) => !loud.includes(group));
  const section = (title: string, members: readonly AuditGroup[]): readonly string[] =>
    members.length === 0 ? [] : [bold(title), ...members.flatMap(groupLines), ''];
  const told = Object.entries(others).map(([what, number]) => `${String(number)} ${what}`);
  return [
    `${count(calls, 'call')} in ${count(lines, 'line')}: ${String(conform)} as predicted, ${String(differ)} not, ${String(impossible)} impossible, ${String(notJudged)} not judged, ${String(notUnderstood)} not understood`,
    '',
    ...section(
      'What the kernel could not have answered',
      loud.filter(({ verdict }) => verdict === 'impossible'),
    ),
    ...section(
      'Not as predicted for this caller',
      loud.filter(({ verdict }) => verdict === 'differs'),
    ),
    ...section('Calls', rest),
    ...(told.length === 0 ? [] : [`Other lines: ${told.join(', ')}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function groupLines({ flags, answer, count: number, verdict, clause, why, lines }: AuditGroup): readonly string[] {
  const where =
    verdict === 'conforms' ? '' : `  (${lines.length < number ? 'lines from' : 'line'} ${lines.join(', ')})`;
  const head = `${MARKS[verdict]} ${String(number).padStart(6)}  ${flags} = ${answer}${where}`;
  const about = [clause, why].filter((part) => part !== undefined).join(': ');
  return about === '' ? [head] : [head, `          ${about}`];
}
