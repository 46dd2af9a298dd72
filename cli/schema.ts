import { CommanderError, type Command } from 'commander';
import { schemaNamed, type FileKindName } from '../reports/index.js';
import { choiceOption } from './options.js';

/**
 * Adds `--schema`, which prints a JSON Schema and does nothing else, whatever other arguments are missing.
 *
 * @param names - what the command writes first, then the other files that it writes or reads
 */
export function addSchema(command: Command, names: readonly [FileKindName, ...FileKindName[]]): Command {
  const [first, ...others] = names;
  const also = others.length === 0 ? '' : `; of another file: ${others.join(', ')}`;
  return command
    .option('--schema [file]', `print the JSON Schema of ${first}${also}`)
    .on('option:schema', (name: string | null) => {
      const chosen = name === null ? first : choiceOption('schema', names)(name);
      process.stdout.write(`${JSON.stringify(schemaNamed(chosen), undefined, 2)}\n`);
      throw new CommanderError(0, 'clonecheck.schema', '(a schema was printed)');
    });
}
