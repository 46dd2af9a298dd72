import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { EXIT, outcomes, sourceOf } from '../reports/index.js';
import {
  SPECIFICATION,
  callerNamed,
  formatCall,
  formatKernelVersion,
  nominalFacts,
  nominalKernel,
  parseCall,
  predict,
  type Facts,
  type KernelVersion,
  type Order,
  type ParsedCall,
  type Prediction,
} from '../spec/index.js';
import { StraceLog } from '../spec/text/strace-log.js';
import { choiceOption, kernelOption, runningKernel } from './options.js';
import type { Finish } from './program.js';

interface Options {
  readonly json?: boolean;
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
    .option('--json', 'one JSON object a call')
    .option('--kernel <version>', 'the Linux to predict (default: the running one)', kernelOption)
    .option('--caller <name>', 'who calls: a name of `clonecheck doctor`, or attributes joined with +', 'root')
    .option('--order <order>', 'strict or any', choiceOption('order', ['strict', 'any']), 'strict')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: Options) => {
      const kernel = nominalKernel(options.kernel ?? runningKernel());
      const caller = callerNamed(options.caller);
      const facts = { kernel, caller: nominalFacts(caller, kernel) };
      const file = text === '-' ? 'stdin' : 'CALL';
      const log = new StraceLog();
      let differs = false;
      // Line by line, so that the log of a running program is explained while it runs.
      for await (const input of text === '-'
        ? createInterface({ input: process.stdin, crlfDelay: Infinity })
        : [text]) {
        const logged = log.take(input);
        if (logged === undefined) {
          // In a log other lines are passed by; a single text should have been a call.
          if (text !== '-') parseCall(text, { file, line: 1 });
          continue;
        }
        const parsed = parseCall(logged.text, { file, line: logged.line });
        const prediction = predict(facts, parsed.call, { order: options.order });
        differs ||= conforms(parsed, prediction) === false;
        const answer =
          options.json === true
            ? `${JSON.stringify(asJson(parsed, prediction, facts, caller.name))}\n`
            : asText(parsed, prediction, facts, caller.name);
        if (!process.stdout.write(answer)) await once(process.stdout, 'drain');
      }
      finish(differs ? EXIT.differs : EXIT.conforms);
    });
}

const EXAMPLES = `
A pointer is taken as good unless it is NULL where that is an error, in the first page, or not canonical.

Examples:
  $ clonecheck explain 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = -1 EINVAL (Invalid argument)'
  $ clonecheck explain --caller user --kernel 5.10 'clone3({flags=CLONE_NEWTIME, exit_signal=SIGCHLD}, 88)'
  $ strace -f -e trace=clone,clone3,fork,vfork make 2>&1 | clonecheck explain -`;

/** Whether the recorded result is one that is allowed; undefined where none was recorded. */
function conforms({ recorded }: ParsedCall, { allowed }: Prediction): boolean | undefined {
  return recorded === undefined ? undefined : allowed.includes(recorded);
}

function asJson(parsed: ParsedCall, prediction: Prediction, { kernel }: Facts, caller: string): object {
  const { outcome, allowed, refusals, undecided } = prediction;
  const describe = (clause: (typeof refusals)[number]): object => ({
    id: clause.id,
    errno: clause.errno,
    source: sourceOf(clause),
    why: clause.why,
    level: clause.level,
  });
  return {
    call: formatCall(parsed.call),
    kernel: formatKernelVersion(kernel.version),
    caller,
    outcome,
    allowed,
    clauses: refusals.map(describe),
    ...(undecided.length > 0 && { undecided: undecided.map(describe) }),
    ...(parsed.recorded !== undefined && { recorded: parsed.recorded, conforms: conforms(parsed, prediction) }),
  };
}

function asText(parsed: ParsedCall, prediction: Prediction, { kernel }: Facts, caller: string): string {
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
  const result = conforms(parsed, prediction);
  if (result !== undefined) lines.push(`  recorded ${parsed.recorded ?? ''}: ${result ? 'conforms' : 'DIFFERS'}`);
  return `${lines.join('\n')}\n`;
}
