import type { Command } from 'commander';
import { CALLERS, EFFECTS, LIBC, SPECIFICATION } from '../../spec/index.js';
import { commandTexts, type ArgumentText, type CommandText, type OptionText } from './commands.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that completes. */
export type Shell = (typeof SHELLS)[number];

/** The script by which a shell completes the command line. */
export function completionFor(shell: Shell, program: Command): string {
  const commands = commandTexts(program);
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

/** The values that can be listed. */
function valuesOf({ kind, choices }: OptionText | ArgumentText): readonly string[] {
  if (choices.length > 0) return choices;
  switch (kind) {
    case 'caller':
      return CALLERS.map(({ name }) => name);
    case 'clause':
      return [
        ...SPECIFICATION.errors.clauses.map(({ id }) => id),
        SPECIFICATION.errors.otherwise.id,
        ...EFFECTS.map(({ id }) => id),
        ...LIBC.clauses.map(({ id }) => id),
      ];
    case 'target':
      return ['local', 'exec:', 'vm:', 'ssh:', 'file:', 'libc:'];
    case 'file':
    case 'folder':
    case 'words':
      return [];
  }
}

/** One word of a script, in quotes that end nowhere within. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: readonly CommandText[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      if (option.value === 'none') return [];
      const listed = valuesOf(option);
      const action =
        listed.length > 0
          ? `compgen -W ${quoted(listed.join(' '))} -- "$word"`
          : option.kind === 'folder'
            ? 'compgen -d -- "$word"'
            : 'compgen -f -- "$word"';
      return [`    ${name}/${option.long}) mapfile -t COMPREPLY < <(${action}); return ;;`];
    }),
  );
  const words = commands.map(({ name, options, arguments: taken }) => {
    const listed = [...options.map(({ long }) => long), ...taken.flatMap(valuesOf)];
    return `    ${name}) words=${quoted(listed.join(' '))} ;;`;
  });
  return `# bash completion of clonecheck; made by \`clonecheck completion bash\`
_clonecheck() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=run words index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
    ${commands.map(({ name }) => name).join(' | ')}) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  case $command/$before in
${values.join('\n')}
  esac
  case $command in
${words.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then words+=${quoted(` ${commands.map(({ name }) => name).join(' ')}`)}; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; [[ $word == -* ]] || compgen -f -- "$word")
}
complete -F _clonecheck clonecheck
`;
}

function zsh(commands: readonly CommandText[]): string {
  const text = (what: string): string => what.replaceAll(/[[\]\\]/g, '\\$&').replaceAll(':', '\\:');
  const action = (value: OptionText | ArgumentText): string => {
    const listed = valuesOf(value);
    if (listed.length > 0) return `(${listed.map((each) => each.replaceAll(':', '\\:')).join(' ')})`;
    return value.kind === 'folder' ? '_files -/' : value.kind === 'file' ? '_files' : '';
  };
  const ofOption = (option: OptionText): string => {
    const spec = `${option.long}[${text(option.what)}]`;
    const colons = option.value === 'optional' ? '::' : ':';
    return quoted(`*${spec}${option.value === 'none' ? '' : `${colons}value:${action(option)}`}`);
  };
  const ofArgument = (argument: ArgumentText, index: number): string =>
    quoted(
      `${argument.several ? '*' : String(index + 1)}:${argument.needed ? '' : ':'}${argument.name}:${action(argument)}`,
    );
  const functions = commands.map(
    ({ name, options, arguments: taken }) =>
      `  ${name})\n    _arguments ${[...options.map(ofOption), ...taken.map(ofArgument)].join(' \\\n      ')}\n    ;;`,
  );
  return `#compdef clonecheck
# zsh completion of clonecheck; made by \`clonecheck completion zsh\`
_clonecheck() {
  local -a commands
  commands=(
${commands.map(({ name, what }) => `    ${quoted(`${name}:${what}`)}`).join('\n')}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  local command=run
  if [[ $words[2] != -* ]]; then
    command=$words[2]
    shift words
    ((CURRENT--))
  fi
  case $command in
${functions.join('\n')}
  esac
}
if [[ $funcstack[1] == _clonecheck ]]; then _clonecheck "$@"; else compdef _clonecheck clonecheck; fi
`;
}

function fish(commands: readonly CommandText[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const single = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const value = (each: OptionText | ArgumentText): string => {
    const listed = valuesOf(each);
    return listed.length > 0 ? ` -x -a ${single(listed.join(' '))}` : each.kind === 'words' ? ' -x' : ' -r -F';
  };
  const lines = commands.flatMap(({ name, what, options, arguments: taken }) => {
    const here = `complete -c clonecheck -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c clonecheck -n 'not __fish_seen_subcommand_from ${names}' -f -a ${name} -d ${single(what)}`,
      ...options.map(
        (option) =>
          `${here} -l ${option.long.slice(2)}${option.value === 'needed' ? value(option) : ''} -d ${single(option.what)}`,
      ),
      ...taken.flatMap((each) =>
        valuesOf(each).length > 0 ? [`${here} -f -a ${single(valuesOf(each).join(' '))}`] : [],
      ),
    ];
  });
  return `# fish completion of clonecheck; made by \`clonecheck completion fish\`\n${lines.join('\n')}\n`;
}
