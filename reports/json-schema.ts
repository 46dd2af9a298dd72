import type * as v from 'valibot';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The shape that Valibot's schemas have inside, as far as it is read here. */
interface Inside {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Inside>>;
  readonly item?: Inside;
  readonly items?: readonly Inside[];
  readonly options?: readonly (Inside | string | number)[];
  readonly literal?: unknown;
  readonly wrapped?: Inside;
  readonly value?: Inside;
  readonly pipe?: readonly Inside[];
  readonly requirement?: unknown;
}

/**
 * The JSON Schema (2020-12) of what a schema takes.
 *
 * @param title - what it describes
 * @throws Error for a kind of schema that it does not know
 */
export function jsonSchema(schema: v.GenericSchema, title: string): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schemaOf(schema) };
}

function schemaOf(schema: Inside): JsonSchema {
  const { pipe } = schema;
  if (pipe !== undefined) return Object.assign({}, ...pipe.map(schemaOf)) as JsonSchema;
  switch (schema.type) {
    case 'object': {
      const entries = Object.entries(schema.entries ?? {});
      const required = entries.filter(([, { type }]) => type !== 'optional').map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, entry]) => [name, schemaOf(entry)])),
        required,
      };
    }
    case 'array':
      return { type: 'array', ...(schema.item && { items: schemaOf(schema.item) }) };
    case 'tuple':
      return { type: 'array', prefixItems: (schema.items ?? []).map(schemaOf), items: false };
    case 'record':
      return { type: 'object', ...(schema.value && { additionalProperties: schemaOf(schema.value) }) };
    case 'variant':
      return {
        oneOf: (schema.options ?? []).flatMap((option) => (typeof option === 'object' ? schemaOf(option) : [])),
      };
    case 'picklist':
      return { enum: schema.options };
    case 'literal':
      return { const: schema.literal };
    case 'optional':
      return schema.wrapped === undefined ? {} : schemaOf(schema.wrapped);
    case 'string':
    case 'number':
    case 'boolean':
      return { type: schema.type };
    case 'integer':
      return { type: 'integer' };
    case 'min_value':
      return { minimum: schema.requirement };
    case 'max_value':
      return { maximum: schema.requirement };
    case 'max_length':
      return { maxLength: schema.requirement };
    case 'regex':
      return { pattern: schema.requirement instanceof RegExp ? schema.requirement.source : '' };
    case 'transform':
    case 'readonly':
    case 'finite':
      return {};
    default:
      throw new Error(`no JSON Schema for ${schema.type}`);
  }
}
