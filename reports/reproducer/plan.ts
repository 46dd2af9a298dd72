import {
  formatResult,
  formatStep,
  type CallerFacts,
  type Scenario,
  type Step,
  type StepResult,
  type Value,
} from '../../spec/index.js';
import { callFields } from './call-program.js';
import { commentText, flags, number, pointer, signed, stringLiteral } from './c-text.js';
import { ERRNOS } from './errnos.js';
import type { Library } from './library.js';

/** The C of steps: which operations of the probe they use, and with which values. */
export class Plan {
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
