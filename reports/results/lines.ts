import * as v from 'valibot';
import { visibleBlock, visibleLine } from '../../spec/text/visible.js';

/**
 * The lines of `run --format json`, which every report is made of. They may have been written elsewhere, by anybody: each is held to its
 * schema, and all text in them is made fit to be shown.
 */
const text = v.pipe(v.string(), v.transform(visibleLine));
const block = v.pipe(v.string(), v.transform(visibleBlock));
const texts = v.pipe(v.array(text), v.readonly());
const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const none: readonly string[] = [];

const countsSchema = v.pipe(v.object({ pass: count, fail: count, blocked: count, 'not-run': count }), v.readonly());

const headerSchema = v.object({
  type: v.literal('header'),
  target: text,
  /** The Linux that the target is held to, and the release that it reports. */
  kernel: text,
  release: text,
  arch: text,
  seed: v.number(),
  order: text,
  /** When the run began, as ISO 8601 in UTC. */
  startedAt: v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/, 'no time such as 2026-01-02T03:04:05Z'),
  ),
  environment: texts,
});

/**
 * A command for a shell. People copy it, so a file may hold no other than those that this program writes: `clonecheck replay` with words
 * that the shell takes as they are, and what is fed to it.
 */
const WORD = String.raw`(?:[\w@%+=:,./-]|'[^']*'|\\')+`;
const AGAIN_LIBC = String.raw`clonecheck run --target ${WORD} --only libc/[a-z0-9-]+`;
const AGAIN = new RegExp(
  String.raw`^${AGAIN_LIBC}$|^(?:printf '%s\\n'(?: ${WORD})+ \| )?clonecheck replay(?: ${WORD})+$`,
);
const command = v.pipe(text, v.regex(AGAIN, 'no command that shows a case again'));

/** Clauses are known by such names; nothing else gets into a name of a test or an anchor. */
const id = v.pipe(v.string(), v.maxLength(200), v.regex(/^[a-z0-9][a-z0-9/_.-]*$/, 'no name of a clause'));

const clauseSchema = v.object({
  type: v.literal('clause'),
  id,
  verdict: v.picklist(['pass', 'fail', 'blocked', 'not-run']),
  errno: v.optional(text),
  /** Cases that told it apart and were as predicted, and cases that differed. */
  judged: count,
  failed: count,
  callers: texts,
  /** Why it was not judged. */
  why: v.optional(text),
  /** Nothing stood in the way, and still no case told it apart. */
  missed: v.optional(v.boolean()),
  /** What it demands, in a sentence; the flags that it is about; where it is written. */
  says: v.optional(text),
  flags: v.optional(texts, none),
  source: v.optional(text),
  man: v.optional(text),
});

const subjectSchema = v.object({
  caller: text,
  attributes: texts,
  /** One call, or the steps of a scenario. */
  call: v.optional(text),
  steps: v.optional(texts),
});

const stepSchema = v.object({ text, expected: v.optional(text), observed: v.optional(text), differs: v.boolean() });

/** An entry of `expect.yaml`, as a run tells of it. */
const expectationSchema = v.object({
  type: v.literal('expectation'),
  clause: id,
  target: text,
  /** What became of it: its difference is gone, differs otherwise, has expired, or was not judged. */
  state: v.picklist(['gone', 'otherwise', 'expired', 'not-judged']),
  why: text,
  reason: text,
  /** Where the entry stands: `file:line:column`. */
  place: text,
});

export const findingSchema = v.object({
  type: v.literal('finding'),
  clause: id,
  kind: text,
  /** Seen, but not each time. */
  unstable: v.boolean(),
  expected: texts,
  observed: text,
  /** What the difference is, in a few words. */
  summary: text,
  /** For a scenario the step at which it shows, and what a symbol was bound to. */
  step: v.optional(count),
  note: v.optional(text),
  case: subjectSchema,
  text: texts,
  /** For a scenario each step with what it should come to and what it came to. */
  steps: v.optional(v.pipe(v.array(stepSchema), v.readonly())),
  reproducible: v.object({ k: count, n: count }),
  size: count,
  flags: v.optional(texts, none),
  reduction: v.optional(v.object({ runs: count, complete: v.boolean() })),
  /** Each part of the case that can be named, and why it is still there. */
  needed: v.optional(v.pipe(v.array(v.object({ part: text, why: text })), v.readonly()), []),
  why: v.optional(text),
  source: v.optional(text),
  man: v.optional(text),
  /** The shell command that shows it again; absent where there is none. */
  again: v.optional(command),
  /** A C program that shows it. */
  reproducer: v.optional(block),
  /** Where that program lies, and whether it showed the difference on the target too. */
  reproduced: v.optional(
    v.object({
      path: v.optional(text),
      status: v.picklist(['shows', 'does not show', 'cannot judge', 'not compiled', 'unavailable']),
      why: text,
    }),
  ),
  /** The project knows of it: it does not count. */
  expectation: v.optional(v.object({ reason: text, link: v.optional(text), expires: v.optional(text), place: text })),
});

const footerSchema = v.object({
  type: v.literal('footer'),
  counts: countsSchema,
  judged: texts,
  notJudged: texts,
  blockedCallers: v.array(v.object({ caller: text, why: text })),
  lost: v.array(v.object({ why: text, cases: count })),
  deaths: texts,
  limits: texts,
  cases: count,
  scenarios: count,
  scenarioCounts: countsSchema,
  seconds: count,
  casesPerSecond: count,
  interrupted: v.boolean(),
  /** What `run` ended with, and why it says too little where it does. */
  status: v.picklist([0, 1, 3, 130]),
  unjudged: v.optional(text),
  /** For every two flags, by their place in `flags`: one, other, calls accepted, refused, and of these not as predicted. */
  pairs: v.object({ flags: texts, counts: v.array(v.tuple([count, count, count, count, count])) }),
});

export const lineSchema = v.variant('type', [
  headerSchema,
  clauseSchema,
  findingSchema,
  expectationSchema,
  footerSchema,
]);

export type HeaderLine = v.InferOutput<typeof headerSchema>;
export type ClauseLine = v.InferOutput<typeof clauseSchema>;
export type FindingLine = v.InferOutput<typeof findingSchema>;
export type ExpectationLine = v.InferOutput<typeof expectationSchema>;
export type StepLine = v.InferOutput<typeof stepSchema>;
export type FooterLine = v.InferOutput<typeof footerSchema>;
export type ResultLine = v.InferOutput<typeof lineSchema>;

/** One run, as every report reads it. */
export interface Results {
  readonly header: HeaderLine;
  readonly clauses: readonly ClauseLine[];
  /** Those that are expected say so. */
  readonly findings: readonly FindingLine[];
  /** Expectations that are broken or were not judged. */
  readonly expectations?: readonly ExpectationLine[];
  /** Absent where whoever wrote the file did not come to its end. */
  readonly footer?: FooterLine;
}
