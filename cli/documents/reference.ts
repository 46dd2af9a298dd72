import type { Command } from 'commander';
import { FILE_KINDS, schemaNamed, type FileKind, type FileKindName } from '../../reports/index.js';
import { specificationPage } from '../../reports/specification/index.js';
import { VOCABULARY } from '../../spec/index.js';
import { commandText, commandTexts, type CommandText } from './commands.js';
import { ENVIRONMENT, EXIT_STATUSES } from './facts.js';
import { shapesOf, type Shape } from './fields.js';

/** `docs/reference.md`: every command, option, file, field and clause, made from the definitions that the program itself goes by. */
export function referencePage(program: Command): string {
  const commands = commandTexts(program);
  return [
    '<!-- Made by `npm run documents` from the definitions of commands, the schemas and the YAML. Do not edit. -->',
    '# Reference',
    '',
    `[Commands](#commands) · [Exit status](#exit-status) · [Environment](#environment) · [Files](#files) · [Conditions](#conditions) · [Specification](#specification)`,
    '',
    '## Commands',
    '',
    commandText(program).what,
    '',
    ...table(
      ['command', 'does'],
      commands.map(({ name, what }) => [`[\`${name}\`](#clonecheck-${name})`, text(what)]),
    ),
    ...commands.flatMap(commandPart),
    '',
    '## Exit status',
    '',
    ...table(
      ['status', 'means'],
      EXIT_STATUSES.map(([status, what]) => [String(status), what]),
    ),
    '',
    '## Environment',
    '',
    ...table(
      ['variable', 'says'],
      ENVIRONMENT.map(([name, what]) => [`\`${name}\``, what]),
    ),
    '',
    '## Files',
    '',
    'A field with a dot is not always there. `[]` is each item of a list, `NAME` any name. The JSON Schemas are in [`schemas/`](../schemas), and what `--schema` prints.',
    ...FILE_KINDS.flatMap(filePart),
    '',
    '## Conditions',
    '',
    'What `when:` of a refusal is made of: `&&`, `||`, `!`, parentheses, comparisons, whole numbers, the name of each flag, and these names.',
    '',
    ...conditionNames(),
    '',
    '## Specification',
    '',
    ...specificationPage()
      .split('\n')
      .slice(2)
      .map((line) => line.replace(/^(##+) /, '#$1 ')),
  ].join('\n');
}

function conditionNames(): readonly string[] {
  const names = [...VOCABULARY.names.keys()].filter((name) => !name.startsWith('CLONE_')).sort();
  const functions = [...VOCABULARY.functions].map(([name, { arguments: words }]) =>
    words.length > 12 ? `${name}(…)` : `${name}(${words.join(' or ')})`,
  );
  const code = (each: string): string => `\`${each}\``;
  return [names.map(code).join(' · '), '', functions.map(code).join(' · ')];
}

function commandPart({ name, what, usage, arguments: taken, options, after }: CommandText): readonly string[] {
  return [
    '',
    `### clonecheck ${name}`,
    '',
    text(what),
    '',
    `    ${usage}`,
    '',
    ...table(
      ['argument or option', 'says'],
      [
        ...taken.map((each) => [`\`${each.name}\``, text(each.what)]),
        ...options.map(({ flags, what: about, otherwise }) => [
          `\`${flags}\``,
          text(otherwise === undefined ? about : `${about} (default: ${otherwise})`),
        ]),
      ],
    ),
    ...(after === '' ? [] : ['', '```', after, '```']),
  ];
}

function filePart({ name, title, format, files }: FileKind & { readonly name: FileKindName }): readonly string[] {
  const where = files.length === 0 ? '' : `; ${files.map((file) => `\`${file}\``).join(', ')}`;
  const shapes = shapesOf(schemaNamed(name));
  return [
    '',
    `### ${title}`,
    '',
    `${format}${where}; [\`schemas/${name}.json\`](../schemas/${name}.json)`,
    ...shapes.flatMap(shapePart),
  ];
}

function shapePart({ name, what, fields }: Shape): readonly string[] {
  return [
    ...(name === undefined ? [] : ['', `**${name}**: ${text(what)}`]),
    '',
    ...table(
      ['field', 'is', 'says'],
      fields.map(({ path, type, needed, what: about }) => [
        `\`${path}\`${needed ? '' : ' ·'}`,
        text(type),
        text(about),
      ]),
    ),
  ];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)];
}

/** Text in a cell: a bar would end it. What stands in <> would be taken for HTML. */
function text(plain: string): string {
  return plain.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
