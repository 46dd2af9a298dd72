import * as v from 'valibot';
import { InputError } from '../../spec/index.js';

/** Lines that the tracer writes, as README.md describes them; each is held to its schema before anything is made of it. */
const hex = v.pipe(
  v.string(),
  v.regex(/^0x[0-9a-f]{1,16}$/),
  v.transform((text) => BigInt(text)),
);
const headerSchema = v.object({
  type: v.literal('header'),
  protocol: v.literal(1),
  arch: v.string(),
  release: v.string(),
  uid: v.number(),
});
const callSchema = v.object({
  task: v.number(),
  call: v.picklist(['clone', 'clone3', 'fork', 'vfork']),
  flags: hex,
  exit_signal: v.pipe(
    v.number(),
    v.integer(),
    v.transform((signal) => BigInt(signal)),
  ),
  stack: hex,
  stack_size: hex,
  parent_tid: hex,
  child_tid: hex,
  tls: hex,
  /** What it returned; null where it never did. */
  result: v.nullable(v.number()),
});
const eventSchema = v.union([
  callSchema,
  v.object({ task: v.number(), said: v.string() }),
  v.object({ task: v.number(), kills: v.number() }),
]);
const resultSchema = v.object({
  type: v.literal('result'),
  case: v.string(),
  exited: v.optional(v.number()),
  died: v.optional(v.number()),
  hung: v.optional(v.boolean()),
  blocked: v.optional(v.string()),
  overflowed: v.optional(v.boolean()),
  events: v.array(eventSchema),
});
const lineSchema = v.variant('type', [headerSchema, resultSchema]);

/** Who traced, and on what. */
export type LibcHeader = v.InferOutput<typeof headerSchema>;
/** One raw call. */
export type RawCall = v.InferOutput<typeof callSchema>;
/** What a program did for one case, and how it ended. */
export type CaseTrace = v.InferOutput<typeof resultSchema>;

/**
 * Reads one line of the tracer.
 *
 * @throws InputError where it is none
 */
export function parseTraceLine(text: string): LibcHeader | CaseTrace {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const { success, output } = v.safeParse(lineSchema, json);
  if (success) return output;
  throw new InputError('the tracer wrote what is no line of it', 'harness/libc/README.md has the protocol');
}
