import type { Argument, Command, Option } from 'commander';

/** What a value of an option or argument is, for the completion of shells. */
export type ValueKind = 'file' | 'folder' | 'caller' | 'clause' | 'target' | 'words';

/** One option of a command. */
export interface OptionText {
  /** As `--help` has it, such as `--runs <n>`. */
  readonly flags: string;
  readonly long: string;
  readonly short?: string;
  readonly what: string;
  /** What it is where it is not given. */
  readonly otherwise?: string;
  readonly value: 'none' | 'needed' | 'optional';
  readonly choices: readonly string[];
  readonly kind: ValueKind;
}

/** One argument of a command. */
export interface ArgumentText {
  readonly name: string;
  readonly what: string;
  readonly needed: boolean;
  readonly several: boolean;
  readonly choices: readonly string[];
  readonly kind: ValueKind;
}

/** A command as it is documented: nothing here is written twice. */
export interface CommandText {
  readonly name: string;
  readonly what: string;
  /** `clonecheck explain [options] <call>` */
  readonly usage: string;
  readonly arguments: readonly ArgumentText[];
  readonly options: readonly OptionText[];
  /** What `--help` ends with. */
  readonly after: string;
}

/** Reads the definitions that the command line is parsed with. What is hidden there is hidden here. */
export function commandTexts(program: Command): readonly CommandText[] {
  return program.commands.map(commandText);
}

/** The same of one command; of the program itself too. */
export function commandText(command: Command): CommandText {
  const help = command.createHelp();
  return {
    name: command.name(),
    what: command.description(),
    usage: help.commandUsage(command),
    arguments: command.registeredArguments.map(argumentText),
    options: help.visibleOptions(command).map(optionText),
    after: afterHelp(command),
  };
}

function optionText(option: Option): OptionText {
  const { flags, description, short, required, optional } = option;
  const long = option.long ?? flags;
  return {
    flags,
    long,
    ...(short !== undefined && { short }),
    what: description.replace(/ \(default: [^)]*\)$/, ''),
    ...otherwiseOf(option),
    value: required ? 'needed' : optional ? 'optional' : 'none',
    choices: choicesOf(option),
    kind: kindOf(/[<[]([\w=/-]+)/.exec(flags)?.[1] ?? '', long),
  };
}

function otherwiseOf({ description, defaultValue, defaultValueDescription }: Option): { readonly otherwise?: string } {
  const told = / \(default: ([^)]*)\)$/.exec(description)?.[1] ?? defaultValueDescription;
  const value: unknown = defaultValue;
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const otherwise = told ?? shown;
  return otherwise === undefined ? {} : { otherwise };
}

/** What {@link choiceOption} takes. */
function choicesOf({ parseArg, argChoices }: Option): readonly string[] {
  if (argChoices !== undefined) return argChoices;
  return parseArg !== undefined && 'choices' in parseArg && Array.isArray(parseArg.choices)
    ? parseArg.choices.map(String)
    : [];
}

function argumentText(argument: Argument): ArgumentText {
  const { description, required, variadic, argChoices } = argument;
  return {
    name: argument.name(),
    what: description,
    needed: required,
    several: variadic,
    choices: argChoices ?? [],
    kind: kindOf(argument.name(), ''),
  };
}

/** What a value is, by the name that `--help` gives it. */
function kindOf(placeholder: string, long: string): ValueKind {
  if (long === '--caller') return 'caller';
  if (long === '--target') return 'target';
  if (placeholder === 'glob' || placeholder === 'id') return 'clause';
  if (placeholder === 'folder') return 'folder';
  return ['file', 'files', 'trace', 'old', 'new', 'case', 'path'].includes(placeholder) && long !== '--schema'
    ? 'file'
    : 'words';
}

/** What was added with `addHelpText('after', …)`: commander keeps it to itself, and writes it behind the help. */
function afterHelp(command: Command): string {
  const output = command.configureOutput();
  let written = '';
  command.configureOutput({
    ...output,
    writeOut: (text) => {
      written += text;
    },
  });
  command.outputHelp();
  const help = command.helpInformation();
  command.configureOutput(output);
  return written.slice(help.length).trim();
}
