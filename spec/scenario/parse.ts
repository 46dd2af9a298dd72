import { InputError, didYouMean } from '../rules/input-error.js';
import { ARGUMENT_KINDS, LEFT_OUT } from './argument-kinds.js';
import { OPERATIONS, argumentsOf, isOperationName, type OperationName, type TableOperation } from './operations.js';
import type { Step } from './scenario.js';
import { StepReader } from './step-reader.js';

const CALLS = ['clone', 'clone3', 'fork', 'vfork'];

/**
 * Reads a step as `formatStep` prints it, such as `1: close(20)` or `0: clone(CLONE_VM|SIGCHLD) → task 1`; people may write `->`.
 *
 * @param place - where the text comes from, for messages; with a column, that of the text's first character
 * @throws InputError with the column of the first thing that is not understood
 */
export function parseStep(
  text: string,
  place: { readonly file: string; readonly line: number; readonly column?: number } = { file: 'STEP', line: 1 },
): Step {
  const { file, line, column = 1 } = place;
  try {
    return readStep(new StepReader(text, { file, line }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw error.at({ file, line, column: column - 1 + (error.place?.column ?? 1) });
  }
}

function readStep(reader: StepReader): Step {
  const task = reader.taskNumber('the number of the task that performs the step');
  reader.expect(':');
  const { word, column: at } = reader.scanner.word('the name of an operation');
  if (CALLS.includes(word)) return { task, ...reader.clone(at) };
  if (!isOperationName(word)) {
    const known = [...CALLS, ...Object.keys(OPERATIONS)];
    throw reader.scanner.wrong(`unknown operation ${word}`, didYouMean(word, known), at);
  }
  reader.expect('(');
  const operation = readArguments(reader, word);
  reader.expect(')');
  reader.end();
  return { task, ...operation };
}

function readArguments(reader: StepReader, name: OperationName): TableOperation {
  const operation: Record<string, unknown> = { op: name };
  for (const [index, [argument, kind]] of argumentsOf(name).entries()) {
    const optional = LEFT_OUT[kind];
    if (optional !== undefined && !reader.scanner.at(',')) {
      operation[argument] = optional;
      continue;
    }
    if (index > 0) reader.expect(',');
    operation[argument] = ARGUMENT_KINDS[kind].read(reader);
  }
  // The table says which arguments an operation has, and it was read by the table.
  return operation as TableOperation;
}
