/** The schema of every file that is read or written, under one name each. */
import type * as v from 'valibot';
import { expectationsSchema, explanationsSchema, targetsSchema, traceLineSchema } from '../../harness/index.js';
import {
  callersSchema,
  caseSchema,
  effectsSchema,
  errorsSchema,
  featuresSchema,
  flagsSchema,
  libcSchema,
} from '../../spec/index.js';
import { jsonSchema, type JsonSchema } from '../json-schema.js';
import { mutationLineSchema } from '../mutation/lines.js';
import { lineSchema } from '../results/lines.js';
import { sweepLineSchema } from '../sweep/lines.js';
import {
  clauseLineSchema,
  comparisonSchema,
  doctorSchema,
  explainSchema,
  replaySchema,
  summarySchema,
} from './outputs.js';

/** One kind of file. */
export interface FileKind {
  /** Of the JSON Schema, without `.json`. */
  readonly name: string;
  readonly title: string;
  readonly format: 'YAML' | 'NDJSON' | 'JSON';
  /** What of the project is such a file: paths, with `*` for a name. */
  readonly files: readonly string[];
  readonly schema: v.GenericSchema;
}

/** Every kind of file, those that people write first. */
export const FILE_KINDS = [
  {
    name: 'flags',
    title: 'spec/flags.yaml: the CLONE_ flags',
    format: 'YAML',
    files: ['spec/flags.yaml'],
    schema: flagsSchema,
  },
  {
    name: 'features',
    title: 'spec/features.yaml: what kernels learnt',
    format: 'YAML',
    files: ['spec/features.yaml'],
    schema: featuresSchema,
  },
  {
    name: 'errors',
    title: 'spec/errors.yaml: every refusal',
    format: 'YAML',
    files: ['spec/errors.yaml'],
    schema: errorsSchema,
  },
  {
    name: 'effects',
    title: 'spec/effects.yaml: every effect',
    format: 'YAML',
    files: ['spec/effects.yaml'],
    schema: effectsSchema,
  },
  {
    name: 'callers',
    title: 'spec/callers.yaml: every named caller',
    format: 'YAML',
    files: ['spec/callers.yaml'],
    schema: callersSchema,
  },
  {
    name: 'libc',
    title: 'spec/libc.yaml: what the wrappers of a libc do',
    format: 'YAML',
    files: ['spec/libc.yaml'],
    schema: libcSchema,
  },
  {
    name: 'case',
    title: 'A case file: one case, or a list of them',
    format: 'YAML',
    files: ['corpus/*.yaml', 'spec/examples/*.yaml'],
    schema: caseSchema,
  },
  {
    name: 'expect',
    title: 'expect.yaml: differences that a project knows of',
    format: 'YAML',
    files: ['docs/findings/*.yaml', 'targets/expect/*.yaml'],
    schema: expectationsSchema,
  },
  {
    name: 'targets',
    title: 'targets.yaml: names for targets',
    format: 'YAML',
    files: ['docs/targets.yaml'],
    schema: targetsSchema,
  },
  { name: 'results', title: 'A line of clonecheck run --format json', format: 'NDJSON', files: [], schema: lineSchema },
  {
    name: 'sweep',
    title: 'A line of clonecheck sweep --format json',
    format: 'NDJSON',
    files: [],
    schema: sweepLineSchema,
  },
  {
    name: 'trace',
    title: 'A line of a trace that clonecheck exec writes',
    format: 'NDJSON',
    files: [],
    schema: traceLineSchema,
  },
  {
    name: 'replay',
    title: 'A line of clonecheck replay --format json for a scenario',
    format: 'NDJSON',
    files: [],
    schema: replaySchema,
  },
  { name: 'explain', title: 'A line of clonecheck explain --json', format: 'NDJSON', files: [], schema: explainSchema },
  {
    name: 'clauses',
    title: 'A refusal, as clonecheck spec --format json prints it',
    format: 'NDJSON',
    files: [],
    schema: clauseLineSchema,
  },
  {
    name: 'explained-mutants',
    title: 'spec/mutants.yaml: mutants that no case shows, and why',
    format: 'YAML',
    files: ['spec/mutants.yaml'],
    schema: explanationsSchema,
  },
  {
    name: 'mutants',
    title: 'A line of clonecheck mutate --format json',
    format: 'NDJSON',
    files: [],
    schema: mutationLineSchema,
  },
  {
    name: 'summary',
    title: 'What clonecheck explain --summary --json writes',
    format: 'JSON',
    files: [],
    schema: summarySchema,
  },
  {
    name: 'doctor',
    title: 'What clonecheck doctor --format json writes',
    format: 'JSON',
    files: [],
    schema: doctorSchema,
  },
  {
    name: 'comparison',
    title: 'What clonecheck compare --format json writes',
    format: 'JSON',
    files: [],
    schema: comparisonSchema,
  },
] as const satisfies readonly FileKind[];

/** A name of a {@link FileKind}. */
export type FileKindName = (typeof FILE_KINDS)[number]['name'];

/** The JSON Schema of a kind of file. */
export function schemaNamed(name: FileKindName): JsonSchema {
  const kind: FileKind | undefined = FILE_KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no schema ${name}`);
  return jsonSchema(kind.schema, kind.title);
}
