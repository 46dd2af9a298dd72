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
  return v.pipe(schema, v.description<v.InferOutput<S>, string>(what));
}
