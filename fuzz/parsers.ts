import { makeExamples } from './examples.js';
import { harnessParsers } from './harness-parsers.js';
import type { Parser } from './parser.js';
import { reportParsers } from './report-parsers.js';
import { specificationParsers } from './specification-parsers.js';

/** Every reader of text that others have written. */
export async function allParsers(): Promise<readonly Parser[]> {
  const examples = await makeExamples();
  return [...specificationParsers(), ...harnessParsers(examples), ...reportParsers(examples)];
}
