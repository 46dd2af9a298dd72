import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { lineSchema } from './results/lines.js';

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (2020-12) of what a schema takes. What is made of a value afterwards is no part of it.
 *
 * @param title - what it describes
 */
export function jsonSchema(schema: v.GenericSchema, title: string): JsonSchema {
  const settings = { target: 'draft-2020-12', typeMode: 'input', errorMode: 'ignore' } as const;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...toJsonSchema(schema, settings) };
}

/** Of a line of `run --format json`. */
export function runSchema(): JsonSchema {
  return jsonSchema(lineSchema, 'A line of clonecheck run --format json');
}
