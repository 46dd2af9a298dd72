import * as v from 'valibot';

/** A schema that says what its value is. */
export type About<S extends v.GenericSchema> = v.SchemaWithPipe<
  readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]
>;

/**
 * Says what a value is, in the schema itself: the reference, the JSON Schemas and editors show it.
 *
 * @param what - one plain sentence or two, or a phrase
 */
export function about<S extends v.GenericSchema>(what: string, schema: S): About<S> {
  const described = v.pipe(schema, v.description<v.InferOutput<S>, string>(what));
  const [, description] = described.pipe;
  // It is said of what is read: behind a transformation it would be of what is made of that, and no JSON Schema would have it.
  const parts: readonly unknown[] = 'pipe' in schema && Array.isArray(schema.pipe) ? schema.pipe : [schema];
  const [read, ...then] = parts;
  return Object.assign(described, { pipe: [read, description, ...then] });
}
