import { callersOption, choiceOption, countOption, globOption, kernelOption, secondsOption } from '../cli/options.js';
import { Audit, auditCall, summaryText } from '../reports/audit/index.js';
import { compareResults, compareTerminal } from '../reports/compare/index.js';
import { FORMATS, joinSweeps, ndjson, readResults, readSweep, render, sweepText } from '../reports/index.js';
import { InputError, NEWEST_KERNEL, callerNamed, nominalFacts, nominalKernel } from '../spec/index.js';
import { StraceLog } from '../spec/text/strace-log.js';
import type { Examples } from './examples.js';
import { sameAgain, type Parser } from './parser.js';

const LOG = [
  'strace: Process 12 attached',
  '[pid    12] 12:00:01.5 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f1) = 13',
  '[pid 12<sh>] clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f, stack_size=0x9000} <unfinished ...>',
  '13 execve("/bin/true", ["true"], 0x7ffc /* 20 vars */) = 0',
  '[pid 12] <... clone3 resumed> => {parent_tid=[7]}, 88) = 14<true>',
  'vfork(strace: Process 15 attached',
  ') = 15',
  'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = -1 EINVAL (Invalid argument)',
  'fork() = ? ERESTARTNOINTR (To be restarted)',
  'clone3({flags=0, /* bytes 88..95 */ "\\x00\\x01"}, 96) = -1 E2BIG (Argument list too long) (INJECTED)',
  '--- SIGCHLD {si_signo=SIGCHLD, si_pid=13} ---',
  '+++ exited with 0 +++',
  ' > /lib/libc.so.6(fork+0x3) [0x1]',
].join('\n');

const SWEEP = [
  '{"type":"header","command":"sweep","version":"0.1.0","target":"local","kernel":"6.18","release":"6.18.44","arch":"x86_64","order":"strict","startedAt":"2026-01-02T03:04:05.678Z","environment":[],"part":"1/1","spaces":[{"sweep":"a","caller":"root","what":"some","words":100}]}',
  '{"type":"range","sweep":"a","caller":"root","from":0,"to":60,"differences":1,"unstable":0,"open":0,"seconds":1,"outcomes":{"EINVAL":59,"child":1},"notJudged":{},"lost":{},"different":[4]}',
  '{"type":"range","sweep":"a","caller":"root","from":60,"to":100,"differences":0,"unstable":0,"open":2,"seconds":1,"outcomes":{"EINVAL":40},"notJudged":{"x":3},"lost":{"y":1},"different":[]}',
  '{"type":"footer","words":96,"differences":1,"unstable":0,"open":2,"notJudged":{"x":3},"lost":{"y":1},"missing":0,"seconds":2,"wordsPerSecond":48,"interrupted":false,"deaths":[],"limits":[],"status":1}',
].join('\n');

const kernel = nominalKernel(NEWEST_KERNEL);
const facts = { kernel, caller: nominalFacts(callerNamed('root'), kernel) };

/** What stands behind options. Each reads what is meant for another too. */
const OPTIONS: readonly ((text: string) => unknown)[] = [
  ...[countOption('runs'), secondsOption('time'), kernelOption, callersOption, globOption],
  choiceOption('format', ['pretty', 'json']),
];
const OPTION_EXAMPLES = ['42', '1.5', '6.12', 'root,user', 'errors/fs-*', 'clone3-?ize*', 'pretty'];

function refusalOf(read: () => unknown): readonly InputError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InputError) return [error];
    throw error;
  }
}

/** Readers of `reports/` and `cli/`: results, sweeps, strace's logs, what stands behind options. */
export function reportParsers({ results: written }: Examples): readonly Parser[] {
  let turn = 0;
  return [
    {
      name: 'results',
      examples: [written],
      read: (text) => {
        const results = readResults(text, 'results');
        sameAgain(results, readResults([...ndjson(results)].join(''), 'again'));
        compareTerminal(compareResults(results, results), false);
        // One format each time: all of them would take most of the time.
        render([results], FORMATS[turn++ % FORMATS.length] ?? 'pretty');
      },
    },
    {
      name: 'sweep',
      examples: [SWEEP],
      read: (text) => {
        const lines = readSweep(text, 'sweep');
        sweepText(joinSweeps([{ file: 'sweep', lines }]), false);
      },
    },
    {
      name: 'log of strace',
      examples: [LOG],
      read: (text) => {
        const log = new StraceLog();
        const audit = new Audit();
        for (const line of text.split('\n')) {
          const taken = log.take(line);
          audit.addLine('other' in taken ? taken.other : undefined);
          if ('call' in taken) audit.addCall(auditCall(taken.call, 'log', facts, 'strict'));
        }
        for (const call of log.end()) audit.addCall(auditCall(call, 'log', facts, 'strict'));
        summaryText(audit.summary(), String);
      },
    },
    {
      name: 'options',
      examples: OPTION_EXAMPLES,
      read: (text) => {
        const refusals = OPTIONS.flatMap((read) => refusalOf(() => read(text)));
        // What no option takes is refused as the first would.
        const [first] = refusals;
        if (first !== undefined && refusals.length === OPTIONS.length) throw first;
      },
    },
  ];
}
