import { Command } from 'commander';
import { expectedText } from '../harness/index.js';
import { EXIT, sourceOf } from '../reports/index.js';
import { errata as allErrata, specificationPage } from '../reports/specification/index.js';
import {
  EFFECTS,
  FLAGS,
  HISTORICAL_FLAGS,
  LIBC,
  InputError,
  SPECIFICATION,
  absence,
  formatKernelVersion,
  isHeldTo,
  nominalKernel,
  type Change,
  type Clause,
  type Effect,
  type KernelFacts,
  type KernelVersion,
  type LibcClause,
} from '../spec/index.js';
import { choiceOption, clauseHint, kernelOption } from './options.js';
import type { Finish } from './finish.js';

interface Options {
  readonly errata?: boolean;
  readonly flags?: boolean;
  readonly kernel?: KernelVersion;
  readonly format?: 'pretty' | 'json' | 'markdown';
}

/** `clonecheck spec`. */
export function specCommand(finish: Finish): Command {
  return new Command('spec')
    .description('Print the clauses of the specification.')
    .argument('[id]', 'a clause, with or without errors/, effects/ or libc/')
    .option('--errata', 'where the man page says what the kernel does not do')
    .option('--flags', 'the flags')
    .option('--kernel <version>', 'only what this Linux is held to', kernelOption)
    .option(
      '--format <format>',
      'pretty, json, or markdown: the whole specification as a page (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json', 'markdown']),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ clonecheck spec errors/fs-with-newns\n  $ clonecheck spec --kernel 5.10 --format json\n  $ clonecheck spec --errata\n  $ clonecheck spec --format markdown > specification.md',
    )
    .action((id: string | undefined, options: Options) => {
      process.stdout.write(render(id, options));
      finish(EXIT.conforms);
    });
}

function render(id: string | undefined, { errata, flags, kernel, format }: Options): string {
  if (format === 'markdown') return specificationPage(kernel);
  const json = (format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
  if (flags === true) return renderFlags(json);
  const facts = kernel === undefined ? undefined : nominalKernel(kernel);
  const effect = id === undefined ? undefined : EFFECTS.find((each) => each.id === id || each.id === `effects/${id}`);
  if (effect !== undefined) return json ? `${JSON.stringify(effect)}\n` : wholeEffect(effect);
  const wrapper = LIBC.clauses.find((each) => each.id === id || each.id === `libc/${id ?? ''}`);
  if (wrapper !== undefined) return json ? `${JSON.stringify(wrapper, plain)}\n` : wholeWrapper(wrapper);
  if (errata === true && id === undefined) {
    const held = allErrata().filter((each) => facts === undefined || isHere(each.id, facts));
    if (json) return held.map((each) => `${JSON.stringify(each)}\n`).join('');
    return held.map(({ id: name, erratum, source }) => `${name}\n    ${erratum}\n    ${source}\n`).join('');
  }
  const clauses = (id === undefined ? SPECIFICATION.errors.clauses : [clauseNamed(id)])
    .filter((clause) => facts === undefined || absence(clause, facts) === undefined)
    .filter((clause) => errata !== true || clause.erratum !== undefined);
  if (json) return clauses.map((clause) => `${JSON.stringify(asJson(clause))}\n`).join('');
  if (id !== undefined) return clauses.map(whole).join('');
  const stages = new Map<string, Clause[]>();
  for (const clause of clauses) stages.set(clause.stage, [...(stages.get(clause.stage) ?? []), clause]);
  return [...stages]
    .map(
      ([stage, members]) =>
        `${stage}\n${members.map((clause) => `  ${clause.errno.padEnd(10)} ${clause.id.padEnd(40)} ${clause.when}${versions(clause)}\n`).join('')}`,
    )
    .join('\n');
}

/** A Linux is held to the clause. */
function isHere(id: string, facts: KernelFacts): boolean {
  const effect = EFFECTS.find((each) => each.id === id);
  if (effect !== undefined) return isHeldTo(effect, facts);
  const clause = SPECIFICATION.clause(id);
  return clause === undefined || absence(clause, facts) === undefined;
}

function wholeEffect({
  id,
  flag,
  with: present,
  since,
  until,
  level,
  source,
  man,
  why,
  erratum,
  broken,
}: Effect): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['flag', flag === undefined ? undefined : `${present === false ? 'without ' : ''}${flag}`],
    ['versions', versions({ ...(since && { since }), ...(until && { until }) }).trim() || undefined],
    ['level', level],
    ['source', `${source}${man === undefined ? '' : `; ${man}`}`],
    ['why', why],
    ['erratum', erratum],
    ['without it', broken],
  ];
  return `${id}\n${rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)} ${value}\n`])).join('')}`;
}

/** Flags are numbers that JSON has no room for. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}

function wholeWrapper({ id, needs, level, says, source, man, does, refused, open, expects }: LibcClause): string {
  const names = needs.map((name) => LIBC.functions.find((each) => each.name === name)?.is ?? name);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['needs', names.join(', ')],
    ['level', level],
    ['source', `${source}${man === undefined ? '' : `; ${man}`}`],
    ['says', says],
    ['does', does],
    [
      'refused',
      refused && `${refused.errno} for ${refused.calls === 'all' ? 'every call that makes a task' : refused.calls}`,
    ],
    ['expects', open ? 'nothing: it is left open, and shown' : expectedText({ expects })],
  ];
  return `${id}\n${rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(8)} ${value}\n`])).join('')}`;
}

function clauseNamed(text: string): Clause {
  const clause = SPECIFICATION.clause(text) ?? SPECIFICATION.clause(`errors/${text}`);
  if (clause !== undefined) return clause;
  throw new InputError(`there is no clause ${text}`, clauseHint(text));
}

function whole(clause: Clause): string {
  const { id, errno, calls, when, level, why, erratum, unjudged, example, requires } = clause;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['errno', errno],
    ['calls', calls.join(', ')],
    ['when', when],
    [
      'requires',
      requires.length === 0
        ? undefined
        : requires.map(({ name, present }) => `${present ? '' : 'not '}${name}`).join(', '),
    ],
    ['versions', versions(clause).trim() || undefined],
    ['level', level],
    ['source', sourceOf(clause)],
    ['why', why],
    ['erratum', erratum],
    ['unjudged', unjudged],
    ['example', example && `${example.caller}: ${example.call}`],
  ];
  return `${id}\n${rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(9)} ${value}\n`])).join('')}`;
}

function versions({ since, until }: Pick<Clause, 'since' | 'until'>): string {
  const text = (change: Change): string => change.map(formatKernelVersion).join(' ');
  return `${since ? `  since ${text(since)}` : ''}${until ? `  until ${text(until)}` : ''}`;
}

function asJson(clause: Clause): object {
  const { condition, since, until, requires, ...rest } = clause;
  return {
    ...rest,
    requires: requires.map(
      ({ kind, name, present }) => `${present ? '' : '!'}${kind === 'feature' ? '' : `${kind}.`}${name}`,
    ),
    since: since?.map(formatKernelVersion),
    until: until?.map(formatKernelVersion),
  };
}

function renderFlags(json: boolean): string {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  if (json) {
    return [...FLAGS, ...HISTORICAL_FLAGS]
      .map(
        ({ value, ...flag }) =>
          `${JSON.stringify({ ...flag, value: hex(value), ...('calls' in flag && { since: flag.since?.map(formatKernelVersion) }) })}\n`,
      )
      .join('');
  }
  const current = FLAGS.map(
    ({ name, value, calls, does }) =>
      `${hex(value).padEnd(13)} ${name.padEnd(22)} ${calls.join(', ').padEnd(14)} ${does}\n`,
  );
  const old = HISTORICAL_FLAGS.map(
    ({ name, value, until, today }) =>
      `${hex(value).padEnd(13)} ${name.padEnd(22)} ${`until ${until}`.padEnd(14)} ${today}\n`,
  );
  return [...current, '\nHistorical\n', ...old].join('');
}
