import { parseCallers } from '../spec/callers.js';
import { parseExpression } from '../spec/expression/parse.js';
import { parseFeatures } from '../spec/features.js';
import { parseFlags } from '../spec/flags.js';
import {
  CALLERS,
  NEWEST_KERNEL,
  SPECIFICATION,
  callerNamed,
  formatCall,
  formatStep,
  nominalFacts,
  nominalKernel,
  parseCall,
  parseCaseFile,
  parseEffects,
  parseErrorClauses,
  parseKernelVersion,
  parseLibc,
  parseStep,
  predict,
  readExamples,
  simulate,
  type Facts,
  type StoredCase,
} from '../spec/index.js';
import { isSafe } from '../harness/index.js';
import { sameAgain, type Parser } from './parser.js';

const KERNEL = nominalKernel(NEWEST_KERNEL);
const ROOT: Facts = { kernel: KERNEL, caller: nominalFacts(callerNamed('root'), KERNEL) };

const CALLS = [
  'clone(CLONE_NEWNS|CLONE_FS|SIGCHLD)',
  'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f1c3ac09a10) = 12',
  'clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f2, stack_size=0x9000}, 88) = -1 ENOSYS (x)',
  'clone3({flags=CLONE_PIDFD, pidfd=[3], set_tid=[7, self, free]} => {parent_tid=[7]}, 96)',
  'clone3({flags=0x100000000, tids=[1, 2], tail=[95]=1}, 96)',
  'clone3(NULL, 64)',
  'vfork()',
];

const STEPS = [
  '0: clone(CLONE_VM|SIGCHLD) → task 1',
  '1: clone3({flags=CLONE_PIDFD, pidfd=&b}, 88) -> task 2',
  ...readExamples().flatMap(({ scenario }) => scenario.steps.map(formatStep)),
];

const CASES = [
  'caller: root\ncall: clone(CLONE_NEWNS|CLONE_FS)\nclause: errors/fs-with-newns\nnote: "kept"\n',
  'caller: chroot+user\nsteps:\n  - "0: clone(CLONE_FILES|SIGCHLD) → task 1"\n  - "1: close(20)"\n  - "0: getfd(20)"\n',
  '- {caller: user, call: fork()}\n- caller: root\n  name: a-b\n  about: [CLONE_FS]\n  what: x\n  returns: {1: 0}\n  steps: ["0: fork() → task 1", "1: umask(022)", "1: sethostname(\\"h2\\")"]\n',
];

/** Reads call and steps as `explain`, `replay` and `run` would. */
function judged({ subject }: StoredCase): void {
  const facts = { kernel: KERNEL, caller: nominalFacts(subject.caller, KERNEL) };
  if ('call' in subject) {
    predict(facts, subject.call);
    formatCall(subject.call);
    return;
  }
  if (isSafe(facts, subject)) simulate(facts, subject);
  subject.steps.forEach(formatStep);
}

const EXPRESSIONS = [
  'CLONE_NEWNS && CLONE_FS',
  '!(a || b(c)) && (x & 0x1f) >= 31',
  ...SPECIFICATION.errors.clauses.map(({ when }) => when),
];

const FLAG_FILE = `flags:
  - {name: CLONE_NEWTIME, bit: 7, calls: [clone3], since: "5.6 5.5.3", makes: time, refused: [clone], does: "a"}
  - {name: CLONE_VM, bit: 8, calls: [clone, clone3], shares: memory, does: b}
historical:
  - {name: CLONE_PID, bit: 12, until: "2.5.16", today: "x", did: "y"}
`;
const FEATURE_FILE = `features:
  - name: pidfd
    since: "5.2"
    what: CLONE_PIDFD
    probe: {call: "clone(CLONE_PIDFD|CLONE_DETACHED, parent_tid=unmapped)", present: [EINVAL], absent: [success]}
`;
const ERROR_FILE = `stages:
  - stage: a
    at: kernel/fork.c copy_process()
    clauses:
      - id: errors/fs-with-newns
        errno: EINVAL
        calls: [clone, clone3]
        when: CLONE_NEWNS && CLONE_FS
        requires: [pidfd, "!config.user_ns", arch.x86_64]
        since: "5.2 5.1.3"
        until: "7.0"
        level: documented
        man: clone(2) ERRORS EINVAL
        why: because
        example: {caller: root, call: "clone(CLONE_NEWNS|CLONE_FS)"}
otherwise: {id: errors/otherwise-accepted, level: linux, source: kernel/fork.c, why: x}
`;
const EFFECT_FILE = `effects:
  - {id: effects/vm-shared, flag: CLONE_VM, with: true, level: documented, source: kernel/fork.c copy_mm(), man: clone(2) CLONE_VM,
     why: "Parent and child", broken: the child gets a copy, needs: user, since: "5.2"}
`;
const CALLER_FILE =
  'callers:\n  - {name: root, what: a, attributes: [], needs: root}\n  - {name: b, what: c, attributes: [user]}\n';
const LIBC_FILE = `functions:
  clone: clone()
clauses:
  - id: libc/clone-null-fn
    needs: [clone]
    level: linux
    says: a
    source: b
    does: c
    refused: {calls: all, errno: EAGAIN}
    expects:
      - said: {result: "-1", errno: [EINVAL, "22"], x: ~}
        calls: none
`;

/** Readers of `spec/`: calls, steps, cases, and the files of the specification itself. */
export function specificationParsers(): readonly Parser[] {
  return [
    {
      name: 'call',
      examples: CALLS,
      read: (text) => {
        const { call } = parseCall(text);
        const written = formatCall(call);
        sameAgain(call, parseCall(written).call);
        predict(ROOT, call);
      },
    },
    {
      name: 'step',
      examples: STEPS,
      read: (text) => {
        const step = parseStep(text);
        sameAgain(step, parseStep(formatStep(step)));
      },
    },
    {
      name: 'case file',
      examples: CASES,
      read: (text) => {
        parseCaseFile(text, 'case.yaml').forEach(judged);
      },
    },
    {
      name: 'caller',
      examples: CALLERS.flatMap(({ name, attributes }) => [
        name,
        ...(attributes.length === 0 ? [] : [attributes.join('+')]),
      ]),
      read: (text) => {
        nominalFacts(callerNamed(text), KERNEL);
      },
    },
    {
      name: 'condition',
      examples: EXPRESSIONS,
      read: (text) => {
        parseExpression(text);
      },
    },
    {
      name: 'version',
      examples: ['6.12', '5.10.223', '6.18.44-fc', '6.6.87.2-WSL2'],
      read: (text) => {
        const version = parseKernelVersion(text);
        if (version?.every(Number.isSafeInteger) === false) throw new Error(`${text} is no version`);
      },
    },
    {
      name: 'flags.yaml',
      examples: [FLAG_FILE],
      read: (text) => {
        parseFlags(text, 'f');
      },
    },
    {
      name: 'features.yaml',
      examples: [FEATURE_FILE],
      read: (text) => {
        parseFeatures(text, 'f');
      },
    },
    {
      name: 'errors.yaml',
      examples: [ERROR_FILE],
      read: (text) => {
        parseErrorClauses(text, 'f');
      },
    },
    {
      name: 'effects.yaml',
      examples: [EFFECT_FILE],
      read: (text) => {
        parseEffects(text, 'f');
      },
    },
    {
      name: 'callers.yaml',
      examples: [CALLER_FILE],
      read: (text) => {
        parseCallers(text, 'f');
      },
    },
    {
      name: 'libc.yaml',
      examples: [LIBC_FILE],
      read: (text) => {
        parseLibc(text, 'f');
      },
    },
  ];
}
