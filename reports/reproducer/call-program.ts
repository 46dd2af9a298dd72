import { formatCall, type Call, type CallerFacts, type KernelFacts, type Outcome } from '../../spec/index.js';
import type { Case, Needed } from '../../harness/index.js';
import { flags, number, pointer, stringLiteral } from './c-text.js';
import { callerCode, type CallerCode } from './caller-code.js';
import { callerLines, clauseLines, labelled, neededLines, usageLines } from './comment.js';
import { libraryWith } from './library.js';
import { writeProgram } from './program.js';

/** One call, and what is held against it. */
export interface CallSubject {
  readonly case: Case;
  readonly title: string;
  readonly clause: string;
  readonly expected: readonly Outcome[];
  /** Absent for a program that only tests. */
  readonly observed?: string;
  /** Why each of its parts is there. */
  readonly needed?: readonly Needed[];
}

/** The C program of one call. */
export function callProgram(
  subject: CallSubject,
  { kernel, caller: facts }: { readonly kernel: KernelFacts; readonly caller?: CallerFacts | undefined },
): string | { readonly unavailable: string } {
  const { caller, call } = subject.case;
  const library = libraryWith('call.h');
  const state = callerCode(library, caller, facts);
  if (typeof state === 'string') return { unavailable: state };
  return writeProgram(library, {
    comment: [
      ...labelled(subject.title, ''),
      '',
      `    ${caller.name}: ${formatCall(call)}`,
      '',
      ...labelled('expected', subject.expected.join(' or ')),
      ...(subject.observed === undefined ? [] : labelled('observed', subject.observed)),
      ...clauseLines(subject.clause),
      ...neededLines(subject.needed),
      ...callerLines(caller),
      ...usageLines(kernel),
    ],
    subject: `${state.text}\n${theCall(call)}\n${allowed(subject.expected)}`,
    main: main(subject, state),
  });
}

/** The function that makes the call. */
function theCall(call: Call): string {
  return `/* ${formatCall(call)} */\nstatic long the_call(volatile struct outcome *outcome)\n{\n${callBody(call)}}\n`;
}

function callBody(call: Call): string {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return `#if STUB_HAS_FORK\n\treturn stub_child_call(NR_${call.call}, 0, 0, 0, 0, 0, outcome);\n#else\n\treturn -ENOSYS;\n#endif\n`;
    case 'clone': {
      const words = [call.stack, call.parent_tid, call.child_tid, call.tls].map(pointer);
      return `\t/* flags, stack, parent_tid, child_tid, tls */\n\treturn stub_clone(${[flags(call.flags, true), ...words].join(', ')}, outcome);\n`;
    }
    case 'clone3':
      return `\tstatic const struct call call = {\n${callFields(call, '\t\t')}\t};\n${
        call.tids.length > 0 ? '\tstruct complaint complaint;\n\n\tplace_tids(&call, &complaint);\n' : '\n'
      }\treturn stub_child_call(NR_clone3, place_args(&call), call.size, 0, 0, 0, outcome);\n`;
  }
}

type Clone3 = Extract<Call, { call: 'clone3' }>;

/** The fields of the probe's `struct call`. */
export function callFields(call: Clone3, indent: string): string {
  const { args, size, tids, tail, readable, uargs } = call;
  const fields: [string, string][] = [
    ['flags', flags(args.flags, false)],
    ['pidfd', pointer(args.pidfd)],
    ['child_tid', pointer(args.child_tid)],
    ['parent_tid', pointer(args.parent_tid)],
    ['exit_signal', args.exit_signal === 0n ? '0' : flags(args.exit_signal, args.exit_signal < 0x100n)],
    ['stack', pointer(args.stack)],
    ['stack_size', number(args.stack_size)],
    ['tls', pointer(args.tls)],
    ['set_tid', pointer(args.set_tid)],
    ['set_tid_size', number(args.set_tid_size)],
    ['cgroup', number(args.cgroup)],
  ];
  const given = [
    ...(tail === undefined ? [] : ['1U << FIELD_TAIL']),
    ...(readable === undefined ? [] : ['1U << FIELD_READABLE']),
    ...(uargs === undefined ? [] : ['1U << FIELD_UARGS']),
  ];
  const text = tids.join(',');
  const members: [string, string][] = [
    ...fields.filter(([, value]) => value !== '0').map(([name, value]): [string, string] => [`args.${name}`, value]),
    ['size', number(size)],
    ...(given.length === 0 ? [] : [['given', given.join(' | ')] as [string, string]]),
    ...(tail === undefined
      ? []
      : [
          ['tail_offset', String(tail.offset)] as [string, string],
          ['tail_byte', String(tail.byte)] as [string, string],
        ]),
    ...(readable === undefined ? [] : [['readable', String(readable)] as [string, string]]),
    ...(uargs === undefined ? [] : [['uargs', pointer(uargs)] as [string, string]]),
    ...(text === '' ? [] : [['tids', `{ ${stringLiteral(text)}, ${text.length} }`] as [string, string]]),
  ];
  return members.map(([name, value]) => `${indent}.${name} = ${value},\n`).join('');
}

/** Results that are allowed. */
function allowed(expected: readonly Outcome[]): string {
  const names = expected.map((outcome) => stringLiteral(outcome));
  return `/* What it may come to. */\nstatic const char *const expected[] = { ${names.join(', ')} };\n`;
}

function main({ case: { call }, observed }: CallSubject, { checks, cleanup }: CallerCode): string {
  const missing = call.call === 'clone3' && observed?.startsWith('ENOSYS') !== true ? CLONE3_MISSING : '';
  const noFork = call.call === 'fork' || call.call === 'vfork' ? NO_FORK : '';
  return `${JUDGE}
int main(void)
{
	s64 self, self_outside;
	long started;
	int ending;

	if (prepare())
		return cannot_judge("no shared memory");
${noFork}${checks}${missing}	self = sys(NR_getpid);
	self_outside = self_in_proc();
	started = make_host();
	if (started == 0)
		host_main(self, self_outside);
	if (started < 0)
		return cannot_judge("no process can be made");
	ending = wait_for_host(started);
${cleanup}	return judge(ending);
}
`;
}

const CLONE3_MISSING = `	if (sys(NR_clone3, 0, 0) == -ENOSYS)
		return cannot_judge("there is no clone3 here");
`;

const NO_FORK = `#if !STUB_HAS_FORK
	return cannot_judge("this architecture has no such call");
#endif
`;

const JUDGE = `static int judge(int ending)
{
	char text[256];
	struct builder b = builder_on(text), name;
	char result[24];
	long number = result_of_call();

	if (shared->late)
		return cannot_judge("the call did not come back");
	if (ending == CANNOT_JUDGE || number < 0)
		return cannot_judge(shared->why[0] ? shared->why : "the caller ended without a result");
	name = builder_on(result);
	if (number)
		build_errno(&name, number);
	else
		build(&name, "success");
	for (u32 i = 0; i < ARRAY_SIZE(expected); i++) {
		if (text_is(text_of(result), expected[i])) {
			say("conforms", result);
			return CONFORMS;
		}
	}
	build(&b, "expected ");
	for (u32 i = 0; i < ARRAY_SIZE(expected); i++) {
		build(&b, i ? " or " : "");
		build(&b, expected[i]);
	}
	build(&b, ", observed ");
	build(&b, result);
	say("differs", text);
	return DIFFERS;
}
`;
