import { Argument, Command } from 'commander';
import { EXIT } from '../reports/index.js';
import { SHELLS, completionFor, type Shell } from './documents/completion.js';
import type { Finish } from './finish.js';

/**
 * `clonecheck completion`.
 *
 * @param program - all commands, which are there when this one runs
 */
export function completionCommand(finish: Finish, program: () => Command): Command {
  return new Command('completion')
    .description('Print what a shell needs to complete commands, options and names.')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => {
      process.stdout.write(completionFor(shell, program()));
      finish(EXIT.conforms);
    });
}

const EXAMPLES = `
Examples:
  $ eval "$(clonecheck completion bash)"                                      in ~/.bashrc
  $ clonecheck completion zsh > ~/.zfunc/_clonecheck                          a folder of fpath
  $ clonecheck completion fish > ~/.config/fish/completions/clonecheck.fish`;
