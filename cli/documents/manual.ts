import type { Command } from 'commander';
import { version } from '../version.js';
import { commandText, commandTexts, type CommandText } from './commands.js';
import { ENVIRONMENT, EXIT_STATUSES } from './facts.js';

/** The manual page clonecheck(1), for man(7). */
export function manualPage(program: Command): string {
  const about = commandText(program);
  const commands = commandTexts(program);
  return [
    '.\\" Made by `npm run documents` from the definitions of the commands. Do not edit.',
    `.TH CLONECHECK 1 "" "clonecheck ${version()}" "User Commands"`,
    '.SH NAME',
    'clonecheck \\- hold a kernel or a libc to what Linux does for clone, clone3, fork and vfork',
    '.SH SYNOPSIS',
    '.nf',
    ...commands.map(({ usage }) => plain(usage)),
    '.fi',
    '.SH DESCRIPTION',
    ...paragraph(about.what),
    '.PP',
    ...paragraph(
      'clonecheck alone, or with options alone, means clonecheck run. Data go to standard output, in a pipe as NDJSON; words to people go to standard error.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(commandPart),
    '.SH EXIT STATUS',
    ...EXIT_STATUSES.flatMap(([status, what]) => ['.TP', `.B ${String(status)}`, ...paragraph(what)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, what]) => ['.TP', `.B ${plain(name)}`, ...paragraph(what)]),
    '.SH SEE ALSO',
    '.BR clone (2),',
    '.BR fork (2),',
    '.BR vfork (2),',
    '.BR strace (1)',
    '',
  ].join('\n');
}

function commandPart({ name, what, arguments: taken, options, after }: CommandText): readonly string[] {
  return [
    `.SS ${name}`,
    ...paragraph(what),
    ...taken.flatMap(({ name: argument, what: about }) => ['.TP', `.I ${plain(argument)}`, ...paragraph(about)]),
    ...options.flatMap(({ flags, what: about, otherwise }) => [
      '.TP',
      `.B ${plain(flags)}`,
      ...paragraph(otherwise === undefined ? about : `${about} (default: ${otherwise})`),
    ]),
    ...(after === '' ? [] : ['.PP', '.nf', ...after.split('\n').map(line), '.fi']),
  ];
}

const paragraph = (text: string): readonly string[] => text.split('\n').map(line);

/** A line of text: what roff would take for a request is kept from it. */
function line(text: string): string {
  const escaped = plain(text);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Hyphens are minus signs, so that what is copied works; a backslash is one. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll("'", '\\(aq')
    .replaceAll('…', '\\&...')
    .replaceAll('’', "'");
}
