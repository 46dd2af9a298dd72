import { Command, CommanderError } from 'commander';
import { Interrupted, ToolError } from '../harness/index.js';
import { EXIT, type FileKindName } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { completionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { execCommand } from './exec.js';
import type { Finish } from './finish.js';
import { explainCommand } from './explain.js';
import { matrixCommand } from './matrix.js';
import { mutateCommand } from './mutate.js';
import { replayCommand } from './replay.js';
import { reproduceCommand } from './reproduce.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { addSchema } from './schema.js';
import { specCommand } from './spec.js';
import { sweepCommand } from './sweep.js';
import { writeWholly } from './whole-output.js';
import { version } from './version.js';
import { versionsCommand } from './versions.js';

/** Each command with the kinds of files that it writes and reads, for `--schema`; what it writes stands first. */
const COMMANDS: readonly (readonly [(finish: Finish) => Command, readonly [FileKindName, ...FileKindName[]]])[] = [
  [runCommand, ['results', 'case', 'expect', 'targets']],
  [explainCommand, ['explain', 'summary']],
  [doctorCommand, ['doctor', 'targets']],
  [specCommand, ['clauses', 'flags', 'features', 'errors', 'effects', 'callers', 'libc']],
  [replayCommand, ['results', 'replay', 'case', 'targets']],
  [reproduceCommand, ['case', 'targets']],
  [execCommand, ['trace', 'case', 'targets']],
  [checkCommand, ['results', 'trace']],
  [reportCommand, ['results']],
  [compareCommand, ['comparison', 'results']],
  [versionsCommand, ['results']],
  [matrixCommand, ['targets', 'results']],
  [mutateCommand, ['mutants', 'explained-mutants', 'targets']],
  [sweepCommand, ['sweep', 'targets']],
];

/**
 * Every command, as it is parsed, and as the reference, the manual page and the completion of shells know it.
 *
 * @param finish - takes the exit status of the command that ran
 */
export function programOf(finish: Finish): Command {
  const program = quiet(new Command('clonecheck'))
    .description('Says whether a kernel does what Linux does when a program calls clone, clone3, fork or vfork.')
    .version(version())
    .showHelpAfterError(false)
    .addHelpText('after', EXAMPLES);
  for (const [make, files] of COMMANDS) program.addCommand(quiet(addSchema(make(finish), files)));
  return program.addCommand(quiet(completionCommand(finish, () => program)));
}

/** What is wrong is said by {@link main}. */
function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ writeErr: () => undefined, outputError: () => undefined });
}

/**
 * The command line.
 *
 * @param args - words behind the program's name
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  let status: number = EXIT.conforms;
  const program = programOf((value) => {
    status = value;
  });
  writeWholly(process.stdout);
  // A reader that has seen enough closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(status);
    say(`standard output cannot be written: ${error.code ?? error.message}`, 'what was written so far is not whole');
    process.exit(EXIT.usage);
  });
  try {
    await program.parseAsync(withCommand(args), { from: 'user' });
    return status;
  } catch (error) {
    return report(error);
  }
}

/** `clonecheck` alone, or with options alone, means `clonecheck run`. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args;
  const asksProgram = first !== undefined && ['--help', '-h', '--version', '-V', 'help'].includes(first);
  return asksProgram || (first !== undefined && !first.startsWith('-')) ? [...args] : ['run', ...args];
}

const EXAMPLES = `
\`clonecheck\` alone means \`clonecheck run --target local\`.

Examples:
  $ clonecheck                                          judge the local kernel
  $ clonecheck explain 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD)'
  $ strace -f -e trace=clone,clone3,fork,vfork make 2>&1 | clonecheck explain -
  $ clonecheck doctor                                   what can be judged here

Exit status: 0 conforms, 1 differs, 2 usage or input error, 3 could not judge, 4 internal error, 130 interrupted.`;

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.conforms;
    const [first = '', hint] = error.message.replace(/^error: /, '').split('\n');
    say(first, hint?.replace(/^\(|\)$/g, '') ?? 'clonecheck --help lists commands, clonecheck COMMAND --help options');
    return EXIT.usage;
  }
  if (error instanceof InputError) {
    say(error.message, error.hint);
    return EXIT.usage;
  }
  if (error instanceof ToolError) {
    say(error.message, error.hint);
    return EXIT.internal;
  }
  if (error instanceof Interrupted) {
    say(error.message, 'Ctrl-C later than that ends with a report of what ran');
    return EXIT.interrupted;
  }
  if (process.env['CLONECHECK_DEBUG'] !== undefined) console.error(error);
  say(
    `internal error: ${error instanceof Error ? error.message : String(error)}`,
    'CLONECHECK_DEBUG=1 shows where; please report it',
  );
  return EXIT.internal;
}

function say(what: string, hint: string): void {
  process.stderr.write(`clonecheck: ${what}\nHint: ${hint}\n`);
}
