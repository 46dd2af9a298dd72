import {
  formatResult,
  formatStep,
  simulate,
  type CallerFacts,
  type KernelFacts,
  type Scenario,
  type Step,
  type StepResult,
  type Value,
} from '../../spec/index.js';
import { callFields } from './call-program.js';
import { commentText, flags, number, pointer, signed, stringLiteral } from './c-text.js';
import { callerCode, type CallerCode } from './caller-code.js';
import { callerLines, clauseLines, usageLines } from './comment.js';
import { ERRNOS } from './errnos.js';
import { libraryWith, type Library } from './library.js';
import { writeProgram } from './program.js';

/** A scenario, and what was observed of it. */
export interface ScenarioSubject {
  readonly scenario: Scenario;
  readonly title: string;
  readonly clause: string;
  /** The step that came to something else, and what; absent for a program that only tests. */
  readonly observed?: { readonly step: number; readonly result: string };
}

/** The C program of a scenario. */
export function scenarioProgram(
  { scenario, title, clause, observed }: ScenarioSubject,
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

/** The C of steps: which operations of the probe they use, and with which values. */
class Plan {
  private readonly used: string[] = [];
  private unknown: string | undefined;
  private readonly table: ReadonlyMap<string, string>;

  constructor(
    private readonly library: Library,
    private readonly scenario: Scenario,
    private readonly facts: CallerFacts,
  ) {
    const rows = library.textOf('operations').matchAll(/^\t(\{ "(\w+)",.*\},)$/gm);
    this.table = new Map([...rows].map(([, row = '', name = '']) => [name, row]));
  }

  /** Why there is no program: an operation that the probe does not have. */
  missing(): string | undefined {
    return this.unknown;
  }

  /** The probe's table, without the rows that nobody needs. */
  operations(): string {
    const whole = this.library.textOf('operations');
    const head = whole
      .slice(0, whole.indexOf('operations[]'))
      .replace(/^[^]*?static const struct operation/, 'static const struct operation');
    const rows = this.used.map((name) => {
      const row = `\t${this.table.get(name) ?? ''}\n`;
      return name === 'fork' || name === 'vfork'
        ? `#if STUB_HAS_FORK\n${row}#else\n\t{ "${name}", 0, 0, 0, NULL },\n#endif\n`
        : row;
    });
    const names = this.used.map((name) => `OPERATION_${name}`).join(', ');
    return `${head}operations[] = {\n${rows.join('')}};\n\nenum { ${names} };\n`;
  }

  /** A row of the plan. */
  row(step: Step, result: StepResult): string {
    return `\t{\n\t\t${stringLiteral(formatStep(step))},\n\t\t${this.step(step)},\n\t\t${this.expected(step, result)},\n\t},\n`;
  }

  private step(step: Step): string {
    const name = step.op === 'clone' ? step.call.call : (PROBE_NAMES[step.op] ?? step.op);
    if (!this.table.has(name)) this.unknown ??= `the probe has no operation ${name}`;
    if (!this.used.includes(name)) this.used.push(name);
    const head = `.task = ${step.task}, .operation = OPERATION_${name}`;
    if (step.op === 'clone')
      return `{ ${head}, .v = { [KEY_CHILD] = ${step.child} }, .call = { ${callOf(step.call)} } }`;
    const { task, op, ...fields } = step;
    const values = Object.entries(fields).map(([key, value]) => this.value(name, key, value));
    if (values.length === 0) return `{ ${head} }`;
    const given = values.map(({ bit }) => `KEY(${bit})`).join(' | ');
    return `{ ${head}, .given = ${given}, .v = { ${values.map(({ bit, text }) => `[KEY_${bit}] = ${text}`).join(', ')} } }`;
  }

  /** A key of the probe and its value. Two keys may have one name, and no operation has both. */
  private value(operation: string, name: string, value: unknown): { readonly bit: string; readonly text: string } {
    const rows = this.library.textOf('keys').matchAll(/\[KEY_(\w+)\] = \{ "(\w+)", [^,]+, (\w+) \}/g);
    const all = [...rows].filter(([, , key]) => key === name);
    const [, bit = '', key = '', words = ''] =
      all.find(([, candidate]) => this.table.get(operation)?.includes(`KEY(${candidate ?? ''})`)) ?? [];
    if (bit === '') this.unknown ??= `the probe's ${operation} has no ${name}`;
    if (value === 'any') return { bit, text: 'WHO_ANY' };
    if (typeof value === 'string') {
      const known = [...this.library.textOf(words).matchAll(/"([^"]*)"/g)].map(([, word]) => word);
      if (!known.includes(value)) this.unknown ??= `the probe has no ${key} ${value}`;
      return { bit, text: `${known.indexOf(value)} /* ${commentText(value)} */` };
    }
    if (typeof value === 'bigint')
      return { bit, text: key === 'at' || key === 'pidfd' ? pointer(value) : number(value) };
    return { bit, text: typeof value === 'number' ? number(BigInt(value)) : '0' };
  }

  private expected(step: Step, result: StepResult): string {
    const text = `.text = ${stringLiteral(formatResult(result))}`;
    const until = 'blocked' in result ? `, .until = ${result.blocked}` : '';
    switch (result.kind) {
      case 'returned': {
        const status = result.status === undefined ? '' : `, .has_status = 1, .status = ${signed(result.status)}`;
        return `{ .kind = RETURNED, ${text}, ${this.returned(step, result.value)}${status}${childOf(result)}${until} }`;
      }
      case 'failed': {
        const errno = ERRNOS.get(result.errno);
        if (errno === undefined) this.unknown ??= `${result.errno} has no number`;
        return `{ .kind = FAILED, ${text}, .value = ${errno ?? 0}${until} }`;
      }
      case 'gone': {
        const [, how, value = '0'] = /^(exit|signal) (\d+)$/.exec(result.how) ?? [];
        if (how === undefined) return `{ .kind = GONE, ${text}, .any_end = 1 }`;
        return `{ .kind = GONE, ${text}, .value = ${how === 'exit' ? `${value} << 8` : value} }`;
      }
      case 'blocked':
        return `{ .kind = NEVER_RETURNS, ${text} }`;
      case 'absent':
        return `{ .kind = NO_SUCH_TASK, ${text} }`;
      case 'open':
        return `{ .kind = ANYTHING, ${text} }`;
    }
  }

  private returned(step: Step, value: Value): string {
    // The user id that the probe makes up is another one each time.
    const madeUp = step.op === 'uid' && this.scenario.caller.attributes.includes('user') && value === this.facts.euid;
    if (madeUp) return '.own_uid = 1';
    const capabilities = Number(BigInt.asUintN(32, this.facts.cap_effective));
    if (step.op === 'caps' && value === capabilities) return '.own_caps = 1';
    if (typeof value === 'number') return `.value = ${signed(value)}`;
    if ('not' in value) return `.value = ${signed(value.not)}, .is_not = 1`;
    return `.symbol = ${stringLiteral(value.symbol)}, .among = ${stringLiteral(kindOfSymbol(value.symbol))}`;
  }
}

/** What a waitid says of a child. */
function childOf({ code, pid }: Extract<StepResult, { kind: 'returned' }>): string {
  if (code === undefined) return '';
  const head = `, .has_child = 1, .code = ${code}`;
  if (pid === undefined || typeof pid === 'number') return `${head}, .pid = ${pid ?? 0}`;
  if ('not' in pid) throw new Error('a child is told by its number or a symbol');
  return `${head}, .pid_symbol = ${stringLiteral(pid.symbol)}, .pid_among = ${stringLiteral(kindOfSymbol(pid.symbol))}`;
}

/** Operations that the probe has under one name, with other keys. */
const PROBE_NAMES: Readonly<Record<string, string>> = { waitid_pidfd: 'waitid' };

/** Within what the numbers of symbols must differ: TIDs within one pid namespace, namespaces within their kind. */
function kindOfSymbol(symbol: string): string {
  const [kind, rest = ''] = symbol.split(':', 2);
  if (kind === 'tid') return `tid@${rest.split('@')[1] ?? ''}`;
  return kind === 'ns' ? `ns:${rest}` : symbol;
}

function callOf(call: Extract<Step, { op: 'clone' }>['call']): string {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return `.kind = CALL_${call.call.toUpperCase()}`;
    case 'clone': {
      const fields: [string, bigint][] = [
        ['parent_tid', call.parent_tid],
        ['child_tid', call.child_tid],
        ['tls', call.tls],
      ];
      const given = fields
        .filter(([, value]) => value !== 0n)
        .map(([name, value]) => `, .args.${name} = ${pointer(value)}`);
      return `.kind = CALL_CLONE, .args.flags = ${flags(call.flags, true)}${given.join('')}`;
    }
    case 'clone3':
      return `.kind = CALL_CLONE3, ${callFields(call, ' ').trim().replaceAll('\n', '').replace(/,$/, '')}`;
  }
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
