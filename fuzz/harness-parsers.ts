import {
  callerFacts,
  checkTrace,
  kernelFacts,
  openTarget,
  parseExpectations,
  readProbeLines,
  readTargets,
  readTrace,
} from '../harness/index.js';
import { judgeLibc } from '../harness/libc/judge.js';
import { parseTraceLine as parseLibcLine } from '../harness/libc/trace.js';
import { observationOf } from '../harness/session.js';
import { consoleWords } from '../harness/targets/console.js';
import { parseTraceLine } from '../harness/trace.js';
import { LIBC, nominalKernel, parseCall, predict } from '../spec/index.js';
import type { Examples } from './examples.js';
import type { Parser } from './parser.js';

const EXPECTATIONS = `- clause: errors/fs-with-newns
  target: exec:*runsc*
  kind: missing
  caller: user
  reason: "known"
  link: https://example.org/1
  expires: 2027-01-31
- {clause: errors/otherwise-accepted, target: local, observed: EPERM, call: clone(CLONE_IO), reason: a}
- {clause: effects/files-shared, target: "*", steps: ["0: fork() → task 1", "1: getpid()"], reason: b}
- {clause: libc/clone-tls, target: "libc:*", kind: tls is not what was given, reason: c}
`;

const TARGETS = `here: {target: local}
gvisor: {target: exec:runsc do, kernel: "6.12", unsupported: [clone3, CLONE_PIDFD], expect: a.yaml, about: x}
arm: {target: exec:qemu-aarch64-static, arch: aarch64}
linux: {target: "vm:vmlinuz", append: a=1 b}
`;

const RESULT_LINES = [
  '{"id":"1","errno":"EINVAL"}',
  '{"id":"2","pid":3}',
  '{"id":"3","pid":null,"signal":9}',
  '{"id":"4","lost":"signal 9"}',
  '{"id":"4","lost":"exit 0"}',
  '{"id":"4","lost":"arena: clone: EAGAIN"}',
  '{"id":"5","blocked":"why"}',
  '{"id":"6","error":"which"}',
  '{"id":"7","steps":[{"ret":4,"blocked":2},{"errno":"ECHILD"},{"gone":"exit 3"},{"ret":4,"status":768},{"absent":true},{"lost":"timeout"}]}',
  '{"id":"8","sweep":{"words":4,"outcomes":["EINVAL","child"],"blocks":["abab"],"runs":[[0,1]]}}',
  '{"type":"footer","cases":2}',
];

const TRACER_LINES = [
  '{"type":"header","protocol":1,"arch":"x86_64","release":"6.12","uid":0}',
  '{"type":"result","case":"clone-tls","exited":0,"events":[{"task":0,"said":"begin"},{"task":0,"call":"clone","flags":"0x80000","exit_signal":17,"stack":"0x0","stack_size":"0x0","parent_tid":"0x0","child_tid":"0x0","tls":"0x10","result":7},{"task":0,"said":"result 7"},{"task":1,"kills":-1},{"task":0,"said":"end"}]}',
  '{"type":"result","case":"a","died":11,"hung":true,"overflowed":true,"blocked":"x","events":[]}',
];

const CONSOLE = '[    0.1] Linux\n[    1.2][ T1] BUG: x\nKernel panic - not syncing: y\n---[ end ]---\nclonecheck: z\n';

/** What a line of a trace says is made use of, whatever it says. */
function readLine(text: string): void {
  const line = parseTraceLine(text, { file: 'trace', line: 1 });
  if (!('type' in line)) observationOf(line);
  else if (line.type === 'header') kernelFacts(line, [6, 12, 0]);
  else if (line.type === 'caller' && line.facts !== undefined) {
    const facts = { kernel: KERNEL, caller: callerFacts(line.facts) };
    for (const call of PREDICTED) predict(facts, call);
  }
}

const KERNEL = nominalKernel([6, 12, 0]);
const PREDICTED = [
  'clone3({flags=CLONE_NEWUSER|CLONE_NEWPID|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, set_tid=[7, self], cgroup=10})',
  'clone(CLONE_NEWNS|CLONE_THREAD|CLONE_SIGHAND|CLONE_VM)',
  'fork()',
].map((text) => parseCall(text).call);

/** Readers of `harness/`: traces, a probe's and a tracer's words, files of expectations and targets. */
export function harnessParsers({ trace, probeLines }: Examples): readonly Parser[] {
  const traceLines = trace.split('\n').filter((line) => line !== '');
  return [
    { name: 'line of a probe', examples: [...RESULT_LINES, ...traceLines], read: readLine },
    {
      name: 'trace',
      examples: [trace],
      read: async (text) => {
        await checkTrace(readTrace(text, 'trace'), 'trace', { order: 'strict', level: 'linux', seed: 0 });
      },
    },
    {
      name: 'lines for a probe',
      examples: [probeLines],
      read: (text) => {
        readProbeLines(text, 'lines');
      },
    },
    {
      name: 'expect.yaml',
      examples: [EXPECTATIONS],
      read: (text) => {
        parseExpectations(text, 'expect.yaml');
      },
    },
    {
      name: 'targets.yaml',
      examples: [TARGETS],
      read: (text) => {
        readTargets(text, 'targets.yaml');
      },
    },
    {
      name: '--target',
      examples: ['local', 'exec:runsc --rootless do', 'ssh:-p 22 root@board', 'exec:x'],
      read: (text) => {
        openTarget(text);
      },
    },
    {
      name: "tracer's line",
      examples: TRACER_LINES,
      read: (text) => {
        const line = parseLibcLine(text);
        if (line.type === 'result') for (const clause of LIBC.clauses) judgeLibc(clause, line, 'linux');
      },
    },
    {
      name: "kernel's console",
      examples: [CONSOLE],
      read: (text) => {
        consoleWords(text);
      },
    },
  ];
}
