import {
  formatResult,
  formatStep,
  simulate,
  type CallerFacts,
  type KernelFacts,
  type Scenario,
  type StepResult,
} from '../../spec/index.js';
import type { Needed } from '../../harness/index.js';
import { commentText } from './c-text.js';
import { callerCode, type CallerCode } from './caller-code.js';
import { callerLines, clauseLines, neededLines, usageLines } from './comment.js';
import { libraryWith } from './library.js';
import { Plan } from './plan.js';
import { writeProgram } from './program.js';

/** A scenario, and what was observed of it. */
export interface ScenarioSubject {
  readonly scenario: Scenario;
  readonly title: string;
  readonly clause: string;
  /** The step that came to something else, and what; absent for a program that only tests. */
  readonly observed?: { readonly step: number; readonly result: string };
  /** Why each of its parts is there. */
  readonly needed?: readonly Needed[];
}

/** The C program of a scenario. */
export function scenarioProgram(
  { scenario, title, clause, observed, needed }: ScenarioSubject,
  { kernel, caller: facts }: { readonly kernel: KernelFacts; readonly caller: CallerFacts },
): string | { readonly unavailable: string } {
  const { results } = simulate({ kernel, caller: facts }, scenario);
  const library = libraryWith('scenario.h');
  const state = callerCode(library, scenario.caller, facts);
  if (typeof state === 'string') return { unavailable: state };
  const plan = new Plan(library, scenario, facts);
  const rows = scenario.steps.map((step, index) => plan.row(step, results[index] ?? { kind: 'open' }));
  const missing = plan.missing();
  if (missing !== undefined) return { unavailable: missing };
  return writeProgram(library, {
    comment: [
      title,
      '',
      ...shownSteps(scenario, results, observed),
      '',
      ...clauseLines(clause),
      ...neededLines(needed),
      ...callerLines(scenario.caller),
      ...usageLines(kernel),
    ],
    subject: `${plan.operations()}\n${planned(rows)}\n${state.text}`,
    main: main(scenario, state, observed?.result.includes('ENOSYS') === true),
  });
}

/** The steps with what each must come to, and what one of them came to. */
function shownSteps(
  { steps }: Scenario,
  results: readonly StepResult[],
  observed: ScenarioSubject['observed'],
): readonly string[] {
  const texts = steps.map((step) => commentText(formatStep(step)));
  const width = Math.min(64, Math.max(...texts.map(({ length }) => length)));
  return texts.map((text, index) => {
    const expected = formatResult(results[index] ?? { kind: 'open' });
    const seen = observed?.step === index ? ` | observed ${observed.result}` : '';
    return `  ${seen === '' ? ' ' : '>'} ${text.padEnd(width)}  ${commentText(expected + seen)}`;
  });
}

function planned(rows: readonly string[]): string {
  return `/* The steps: what each is, and what it must come to. */
static const struct planned plan[] = {
${rows.join('')}};

static const struct planned *planned_step(u32 number)
{
	return &plan[number];
}
`;
}

function main({ steps }: Scenario, { checks, cleanup }: CallerCode, lacksClone3: boolean): string {
  const calls = steps.flatMap((step) => (step.op === 'clone' ? [step.call.call] : []));
  const clone3 = calls.includes('clone3') && !lacksClone3 ? CLONE3_MISSING : '';
  const fork = calls.some((call) => call === 'fork' || call === 'vfork') ? NO_FORK : '';
  const names = steps.some(({ op }) => op === 'sethostname');
  const executes = steps.some(({ op }) => op === 'execve');
  return `int main(${executes ? 'int count, char **arguments' : 'void'})
{
	s64 self, self_outside;
	long started;
	int ending;

${executes ? NEW_IMAGE : ''}	if (prepare() || scenario_map())
		return cannot_judge("no shared memory");
${fork}${checks}${clone3}${names ? '\thostname_keep();\n' : ''}	self = sys(NR_getpid);
	self_outside = self_in_proc();
	started = make_host();
	if (started == 0)
		host_main(self, self_outside, ARRAY_SIZE(plan));
	if (started < 0)
		return cannot_judge("no process can be made");
	ending = wait_for_host(started);
${names ? '\thostname_restore();\n' : ''}${cleanup}	if (ending != CONFORMS && ending != DIFFERS)
		return cannot_judge(shared->why[0] ? shared->why : "the steps did not come to an end");
	say(ending == DIFFERS ? "differs" : "conforms", shared->why);
	return ending;
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

/** The program is its own new image. */
const NEW_IMAGE = `	if (count == 4 && text_is(text_of(arguments[1]), TASK_ARGUMENT)) {
		resolve_libc();
		forget_thread_pointer();
		task_again(arguments[2], arguments[3]);
	}
	environment = arguments + count + 1;
`;
