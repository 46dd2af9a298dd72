import { once } from 'node:events';
import { Command } from 'commander';
import pc from 'picocolors';
import { Audit, auditCall, possibleText, summaryText, type AuditedCall } from '../reports/audit/index.js';
import { EXIT, outcomes, sourceOf } from '../reports/index.js';
import {
  SPECIFICATION,
  callerNamed,
  formatCall,
  formatKernelVersion,
  nominalFacts,
  nominalKernel,
  parseCall,
  type Facts,
  type KernelVersion,
  type Order,
} from '../spec/index.js';
import { StraceLog, type LoggedCall } from '../spec/text/strace-log.js';
import { linesOf } from './lines.js';
import { choiceOption, kernelOption, runningKernel } from './options.js';
import type { Finish } from './finish.js';
import { colours } from './run.js';

interface Options {
  readonly json?: boolean;
  readonly summary?: boolean;
  readonly kernel?: KernelVersion;
  readonly caller: string;
  readonly order: Order;
}

/** `clonecheck explain`. */
export function explainCommand(finish: Finish): Command {
  return new Command('explain')
    .description(
      'Predict a call and name the clauses that decide it. CALL is what strace prints, with or without its result.',
    )
    .argument('<call>', 'a call, or - for a whole strace log on standard input')
    .option('--json', 'one JSON object a call; with --summary one for all')
    .option('--summary', 'of a log: calls by what they ask for, with counts, answers and the clauses that explain them')
    .option('--kernel <version>', 'the Linux to predict (default: the running one)', kernelOption)
    .option('--caller <name>', 'who calls: a name of `clonecheck doctor`, or attributes joined with +', 'root')
    .option('--order <order>', 'strict or any', choiceOption('order', ['strict', 'any']), 'strict')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: Options) => {
      const kernel = nominalKernel(options.kernel ?? runningKernel());
      const caller = callerNamed(options.caller);
      const facts = { kernel, caller: nominalFacts(caller, kernel) };
      const audit = new Audit();
      const explain = async (logged: LoggedCall): Promise<void> => {
        const audited = auditCall(logged, text === '-' ? 'stdin' : 'CALL', facts, options.order);
        audit.addCall(audited);
        if ('error' in audited) {
          // A call that is not understood is no reason to leave the others unexplained.
          if (text !== '-') throw audited.error;
          process.stderr.write(`clonecheck: ${audited.error.message}\nHint: ${audited.error.hint}\n`);
          return;
        }
        if (options.summary === true) return;
        const answer =
          options.json === true
            ? `${JSON.stringify(asJson(audited, facts, caller.name))}\n`
            : asText(audited, facts, caller.name);
        if (!process.stdout.write(answer)) await once(process.stdout, 'drain');
      };
      if (text === '-') await explainLog(audit, explain);
      else await explain(single(text));
      const summary = audit.summary();
      if (options.summary === true) {
        const { bold } = pc.createColors(colours());
        process.stdout.write(options.json === true ? `${JSON.stringify(summary)}\n` : summaryText(summary, bold));
      }
      if (summary.differ + summary.impossible > 0) finish(EXIT.differs);
      else finish(summary.notUnderstood > 0 ? EXIT.usage : EXIT.conforms);
    });
}

const EXAMPLES = `
A pointer is taken as good unless it is NULL where that is an error, in the first page, or not canonical.
In a log every line is explained; what no call ends on is counted by what it is (--summary).

Examples:
  $ clonecheck explain 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = -1 EINVAL (Invalid argument)'
  $ clonecheck explain --caller user --kernel 5.10 'clone3({flags=CLONE_NEWTIME, exit_signal=SIGCHLD}, 88)'
  $ strace -f -e trace=clone,clone3,fork,vfork make 2>&1 | clonecheck explain -
  $ strace -f -e trace=clone,clone3,fork,vfork -o log make; clonecheck explain --summary - < log`;

/** Characters of a line of a log that are looked at. */
const LONGEST_LINE = 65_536;

/** Line by line, so that the log of a running program is explained while it runs. */
async function explainLog(audit: Audit, explain: (logged: LoggedCall) => Promise<void>): Promise<void> {
  const log = new StraceLog();
  for await (const line of linesOf(process.stdin, LONGEST_LINE)) {
    const taken = log.take(line);
    audit.addLine('other' in taken ? taken.other : undefined);
    if ('call' in taken) await explain(taken.call);
  }
  for (const logged of log.end()) await explain(logged);
}

/** One call; where the text is none, the parser says what is wrong with it. */
function single(text: string): LoggedCall {
  const taken = new StraceLog().take(text);
  if ('call' in taken) return taken.call;
  parseCall(text, { file: 'CALL', line: 1 });
  return { line: 1, text };
}

function asJson({ line, parsed, prediction, verdict }: AuditedCall, { kernel }: Facts, caller: string): object {
  const { outcome, allowed, refusals, undecided } = prediction;
  const describe = (clause: (typeof refusals)[number]): object => ({
    id: clause.id,
    errno: clause.errno,
    source: sourceOf(clause),
    why: clause.why,
    level: clause.level,
  });
  const judged = verdict.kind !== 'not judged';
  return {
    call: formatCall(parsed.call),
    kernel: formatKernelVersion(kernel.version),
    caller,
    outcome,
    allowed,
    clauses: refusals.map(describe),
    ...(undecided.length > 0 && { undecided: undecided.map(describe) }),
    ...(parsed.recorded !== undefined &&
      judged && { recorded: parsed.recorded, conforms: verdict.kind === 'conforms' }),
    ...(verdict.kind === 'impossible' && { impossible: true, line }),
    ...(verdict.kind === 'differs' && { possible: possibleText(verdict.possible), line }),
    ...(!judged && verdict.why !== NO_RESULT && { notJudged: verdict.why, line }),
  };
}

/** Who gives a call without its result asks for the prediction alone. */
const NO_RESULT = 'no result was recorded';

function asText(audited: AuditedCall, { kernel }: Facts, caller: string): string {
  const { parsed, prediction, verdict } = audited;
  const { allowed, refusals, undecided } = prediction;
  const [winner, ...others] = refusals;
  const lines = [
    formatCall(parsed.call),
    `  ${outcomes(allowed)} on Linux ${formatKernelVersion(kernel.version)} for caller ${caller}`,
  ];
  const { otherwise } = SPECIFICATION.errors;
  if (winner === undefined) lines.push(`  ${otherwise.id}: ${otherwise.why}`);
  else {
    lines.push(
      `  ${winner.id}: ${winner.why}`,
      `      ${winner.errno} where ${winner.when}`,
      `      ${sourceOf(winner)}`,
    );
    if (winner.erratum !== undefined) lines.push(`      erratum: ${winner.erratum}`);
  }
  for (const other of others) lines.push(`  also ${other.errno}, ${other.id}: ${other.why}`);
  for (const open of undecided) lines.push(`  perhaps ${open.errno}, ${open.id}: ${open.why}`);
  const recorded = parsed.recorded ?? '';
  switch (verdict.kind) {
    case 'conforms':
      lines.push(`  recorded ${recorded}: conforms`);
      break;
    case 'differs':
      lines.push(`  recorded ${recorded}: DIFFERS`, `      ${possibleText(verdict.possible)}`);
      break;
    case 'impossible':
      lines.push(`  recorded ${recorded}: DIFFERS`, '      IMPOSSIBLE: no caller gets this answer from this Linux');
      break;
    case 'not judged':
      if (verdict.why !== NO_RESULT) lines.push(`  not judged: ${verdict.why}`);
      break;
  }
  return `${lines.join('\n')}\n`;
}
