import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (2020-12) of what a schema takes. What is made of a value afterwards is no part of it. Files are read with patience for
 * fields of later versions; the JSON Schema says what this version writes, so that a field that is misspelt is seen.
 *
 * @param title - what it describes
 */
export function jsonSchema(schema: v.GenericSchema, title: string): JsonSchema {
  const settings = { target: 'draft-2020-12', typeMode: 'input', errorMode: 'ignore' } as const;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...closed(toJsonSchema(schema, settings)) };
}

/** Objects with named fields have no others. */
function closed(schema: object): object {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [key, closedIn(value)]),
  );
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

function closedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedIn);
  return typeof value === 'object' && value !== null ? closed(value) : value;
}
