import {
  CALLERS,
  EFFECTS,
  FEATURES,
  FLAGS,
  HISTORICAL_FLAGS,
  LIBC,
  SPECIFICATION,
  absence,
  formatKernelVersion,
  isHeldTo,
  nominalKernel,
  type Change,
  type Clause,
  type Effect,
  type Feature,
  type Flag,
  type KernelVersion,
} from '../../spec/index.js';
import { sourceOf } from '../sentences.js';
import { errata } from './errata.js';

/**
 * The whole specification as a page of Markdown: flags, refusals in the kernel's order, effects, libcs, features, callers and errata.
 *
 * @param kernel - only what this Linux is held to
 */
export function specificationPage(kernel?: KernelVersion): string {
  const facts = kernel === undefined ? undefined : nominalKernel(kernel);
  const clauses = SPECIFICATION.errors.clauses.filter(
    (clause) => facts === undefined || absence(clause, facts) === undefined,
  );
  const effects = EFFECTS.filter((effect) => facts === undefined || isHeldTo(effect, facts));
  const wrong = errata().filter(
    ({ id }) => [...clauses, ...effects].some((each) => each.id === id) || id === SPECIFICATION.errors.otherwise.id,
  );
  const which = kernel === undefined ? 'Linux 4.4 to 7.3' : `Linux ${formatKernelVersion(kernel)}`;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Flags', flagsPart()],
    ['Refusals', refusalsPart(clauses)],
    ['Effects', effectsPart(effects)],
    ['Libcs', libcsPart()],
    ['Features', featuresPart()],
    ['Callers', callersPart()],
    ['Errata', errataPart(wrong)],
  ];
  return [
    `# clone, clone3, fork and vfork: what ${which} does`,
    '',
    `${String(clauses.length)} refusals, ${String(effects.length)} effects, ${String(LIBC.clauses.length)} clauses of libcs, ${String(wrong.length)} errata. Printed by \`clonecheck spec --format markdown\`.`,
    '',
    ...parts.map(([title]) => `- [${title}](#${title.toLowerCase()})`),
    ...parts.flatMap(([title, lines]) => ['', `## ${title}`, '', ...lines]),
    '',
  ].join('\n');
}

function flagsPart(): readonly string[] {
  const since = ({ since: change }: Flag): string => (change === undefined ? '' : versionsOf(change));
  return [
    ...table(
      ['value', 'flag', 'calls', 'since', 'what it does'],
      FLAGS.map((flag) => [
        code(hex(flag.value)),
        code(flag.name),
        flag.calls.join(', '),
        since(flag),
        `${text(flag.does)}${flag.refused.length === 0 ? '' : ` Refused as such by ${flag.refused.join(', ')}.`}`,
      ]),
    ),
    '',
    '### Bits that once had another name',
    '',
    ...table(
      ['value', 'flag', 'until', 'what it did', 'today'],
      HISTORICAL_FLAGS.map(({ value, name, until, did, today }) => [
        code(hex(value)),
        code(name),
        until,
        text(did),
        text(today),
      ]),
    ),
  ];
}

function refusalsPart(clauses: readonly Clause[]): readonly string[] {
  const { stages, otherwise } = SPECIFICATION.errors;
  const lines = [
    'In the order in which Linux checks: the first that holds wins. A clause is *documented* where a man page or UAPI header says it, and *linux* where Linux does it though no document says so.',
  ];
  for (const { stage, at } of stages) {
    const members = clauses.filter((clause) => clause.stage === stage);
    if (members.length === 0) continue;
    lines.push('', `### ${text(stage)}`, '', code(at), '');
    lines.push(
      ...table(
        ['clause', 'calls', 'errno', 'where', 'Linux', 'level', 'source', 'why'],
        members.map((clause) => [
          `<a id="${anchor(clause.id)}"></a>${code(clause.id)}`,
          clause.calls.join(', '),
          clause.errno,
          conditionOf(clause),
          lifetime(clause),
          clause.level,
          text(sourceOf(clause)),
          `${text(clause.why)}${clause.unjudged === undefined ? '' : ` *Not judged: ${text(clause.unjudged)}.*`}`,
        ]),
      ),
    );
  }
  return [
    ...lines,
    '',
    '### Otherwise',
    '',
    `<a id="${anchor(otherwise.id)}"></a>${code(otherwise.id)}: ${text(otherwise.why)} (${text(otherwise.source)})`,
  ];
}

function conditionOf({ when, requires }: Clause): string {
  const needs = requires.map(({ kind, name, present }) => {
    const prefix = kind === 'feature' ? '' : `${kind}.`;
    return `${present ? '' : 'not '}${code(`${prefix}${name}`)}`;
  });
  return `${code(when)}${needs.length === 0 ? '' : ` with ${needs.join(', ')}`}`;
}

function effectsPart(effects: readonly Effect[]): readonly string[] {
  return [
    'What a call that succeeds must do, and must not do without the flag.',
    '',
    ...table(
      ['clause', 'flag', 'Linux', 'level', 'source', 'what', 'a kernel without it'],
      effects.map((effect) => [
        `<a id="${anchor(effect.id)}"></a>${code(effect.id)}`,
        effect.flag === undefined ? 'any' : `${effect.with === false ? 'without ' : ''}${code(effect.flag)}`,
        lifetime(effect),
        effect.level,
        text(`${effect.source}${effect.man === undefined ? '' : `; ${effect.man}`}`),
        text(effect.why),
        text(effect.broken),
      ]),
    ),
  ];
}

function libcsPart(): readonly string[] {
  return [
    'What the wrappers of a C library do. *linux* is what programs know, though documents ask it of no library, or of glibc alone; what is *open* is left to the library.',
    '',
    ...table(
      ['clause', 'needs', 'level', 'source', 'what', 'case'],
      LIBC.clauses.map(({ id, needs, level, open, source, man, says, does }) => [
        `<a id="${anchor(id)}"></a>${code(id)}`,
        text(needs.map((name) => LIBC.functions.find((each) => each.name === name)?.is ?? name).join(', ')),
        open ? 'open' : level,
        text(`${source}${man === undefined ? '' : `; ${man}`}`),
        text(says),
        code(does),
      ]),
    ),
  ];
}

function featuresPart(): readonly string[] {
  const probe = ({ probe: tried }: Feature): string =>
    tried === undefined ? '' : `${code(tried.call)}: ${tried.present.join(' or ')}, else ${tried.absent.join(' or ')}`;
  return [
    'What kernels learnt, as far as a refusal depends on it; stable releases that took it over follow the mainline release.',
    '',
    ...table(
      ['feature', 'since', 'what', 'a call that tells'],
      FEATURES.map((feature) => [code(feature.name), versionsOf(feature.since), text(feature.what), probe(feature)]),
    ),
  ];
}

function callersPart(): readonly string[] {
  return table(
    ['caller', 'who', 'attributes'],
    CALLERS.map(({ name, what, attributes, needsRoot }) => [
      code(name),
      `${text(what)}${needsRoot ? ' (needs root)' : ''}`,
      attributes.length === 0 ? '' : code(attributes.join(' ')),
    ]),
  );
}

function errataPart(wrong: ReturnType<typeof errata>): readonly string[] {
  return [
    'Where clone(2) of man-pages 6.20, or the UAPI header, says what Linux does not do. The source is the function that decides; the call shows it.',
    '',
    ...table(
      ['clause', 'erratum', 'source', 'shown by'],
      wrong.map(({ id, erratum, source, example = '' }) => [
        `[${code(id)}](#${anchor(id)})`,
        text(erratum),
        text(source),
        example === '' ? '' : code(example),
      ]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function lifetime({ since, until }: { readonly since?: Change; readonly until?: Change }): string {
  const parts = [since && `since ${versionsOf(since)}`, until && `until ${versionsOf(until)}`];
  return parts.filter((part) => part !== undefined).join(', ');
}

function versionsOf(change: Change): string {
  const [mainline, ...stable] = change.map(formatKernelVersion);
  return stable.length === 0 ? (mainline ?? '') : `${mainline ?? ''} (${stable.join(', ')})`;
}

function anchor(id: string): string {
  return id.replaceAll('/', '-');
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Code in a cell: a bar would end the cell even there. */
function code(content: string): string {
  return content === '' ? '' : `\`${content.replaceAll('|', '\\|')}\``;
}

/** Text that Markdown leaves as it is. */
function text(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|]/g, (character) => `\\${character}`);
}
