import * as v from 'valibot';
import { visibleBlock, visibleLine } from '../../spec/text/visible.js';
import { about } from '../../spec/rules/about.js';

/**
 * The lines of `run --format json`, which every report is made of. They may have been written elsewhere, by anybody: each is held to its
 * schema, and all text in them is made fit to be shown.
 */
const text = v.pipe(v.string(), v.transform(visibleLine));
const block = v.pipe(v.string(), v.transform(visibleBlock));
const texts = v.pipe(v.array(text), v.readonly());
const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const none: readonly string[] = [];

const countsSchema = v.pipe(
  v.object({
    pass: about('As predicted.', count),
    fail: about('Not as predicted.', count),
    blocked: about('Forbidden by what is around the kernel.', count),
    'not-run': about('Not judged, or without an answer.', count),
  }),
  v.readonly(),
);

export const headerSchema = v.object({
  type: about('The first line.', v.literal('header')),
  target: about('As --target had it, or its name.', text),
  kernel: about('The Linux that the target is held to.', text),
  release: about('What the target reports of itself.', text),
  arch: about('The architecture.', text),
  seed: about('The same seed makes the same cases.', v.number()),
  order: about('strict: where several refusals hold, the one of Linux must win; any: each may.', text),
  startedAt: about(
    'When the run began, as ISO 8601 in UTC.',
    v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/, 'no time such as 2026-01-02T03:04:05Z'),
    ),
  ),
  environment: about('What answers in place of the kernel there.', texts),
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
  type: about('A line for each clause.', v.literal('clause')),
  id: about('The stable address of the clause.', id),
  verdict: about(
    'pass, fail, blocked (the environment forbids judging) or not-run.',
    v.picklist(['pass', 'fail', 'blocked', 'not-run']),
  ),
  errno: about('What it refuses with.', v.optional(text)),
  judged: about('Cases that told it apart and were as predicted.', count),
  failed: about('Cases that differed.', count),
  callers: about('As whom it was told apart.', texts),
  why: about('Why it was not judged.', v.optional(text)),
  missed: about('Nothing stood in the way, and still no case told it apart.', v.optional(v.boolean())),
  says: about('What it demands, in a sentence.', v.optional(text)),
  flags: about('The flags that it is about.', v.optional(texts, none)),
  source: about('Kernel file and function.', v.optional(text)),
  man: about('Where a man page says it.', v.optional(text)),
});

const subjectSchema = v.object({
  caller: about('Who calls.', text),
  attributes: about('What the probe makes of itself to be that caller.', texts),
  call: about('One call.', v.optional(text)),
  steps: about('The steps of a scenario.', v.optional(texts)),
});

const stepSchema = v.object({
  text: about('The step.', text),
  expected: about('What it should come to.', v.optional(text)),
  observed: about('What it came to.', v.optional(text)),
  differs: about('The difference shows here.', v.boolean()),
});

/** An entry of `expect.yaml`, as a run tells of it. */
const expectationSchema = v.object({
  type: about('An entry of expect.yaml that is broken or was not judged.', v.literal('expectation')),
  clause: about('The clause.', id),
  target: about('As the entry has it.', text),
  state: about(
    'What became of it: its difference is gone, differs otherwise, has expired, or was not judged.',
    v.picklist(['gone', 'otherwise', 'expired', 'not-judged']),
  ),
  why: about('In words.', text),
  reason: about('The reason that the entry gives.', text),
  place: about('Where the entry stands: file:line:column.', text),
});

export const findingSchema = v.object({
  type: about('A line for each distinct difference.', v.literal('finding')),
  clause: about('The clause that differs.', id),
  kind: about('How: missing, accepted, the errno in its place, or words about a scenario.', text),
  unstable: about('Seen, but not each time.', v.boolean()),
  expected: about('Every answer that is allowed.', texts),
  observed: about('The answer.', text),
  summary: about('What the difference is, in a few words.', text),
  step: about('For a scenario the step at which it shows.', v.optional(count)),
  note: about('What a symbol was bound to.', v.optional(text)),
  case: about('The smallest case that shows it.', subjectSchema),
  text: about('The same as people read it, a line a step.', texts),
  steps: about(
    'For a scenario each step with what it should come to and what it came to.',
    v.optional(v.pipe(v.array(stepSchema), v.readonly())),
  ),
  reproducible: about(
    'How often it showed.',
    v.object({ k: about('Runs that showed it.', count), n: about('Runs.', count) }),
  ),
  size: about('How large the case is: parts that can be taken away.', count),
  flags: about('The flags in it.', v.optional(texts, none)),
  reduction: about(
    'How the case became small.',
    v.optional(
      v.object({
        runs: about('Cases that were made for it.', count),
        complete: about('false: a budget ended it, and the case may not be the smallest.', v.boolean()),
      }),
    ),
  ),
  needed: about(
    'Each part of the case that can be named, and why it is still there.',
    v.optional(
      v.pipe(
        v.array(
          v.object({
            part: about('A flag, argument, attribute or step.', text),
            why: about('Why it is still there.', text),
          }),
        ),
        v.readonly(),
      ),
      [],
    ),
  ),
  why: about('What the clause demands, in a sentence.', v.optional(text)),
  source: about('Kernel file and function.', v.optional(text)),
  man: about('Where a man page says it.', v.optional(text)),
  again: about('The shell command that shows it again; absent where there is none.', v.optional(command)),
  reproducer: about('A C program that shows it.', v.optional(block)),
  reproduced: about(
    'Where that program lies, and whether it showed the difference on the target too.',
    v.optional(
      v.object({
        path: about('The file.', v.optional(text)),
        status: about(
          'What it did on the target.',
          v.picklist(['shows', 'does not show', 'cannot judge', 'not compiled', 'unavailable']),
        ),
        why: about('In words.', text),
      }),
    ),
  ),
  expectation: about(
    'The project knows of it: it does not count.',
    v.optional(
      v.object({
        reason: about('Why it is known and left.', text),
        link: about('Where it is discussed.', v.optional(text)),
        expires: about('The last day on which it holds.', v.optional(text)),
        place: about('Where the entry stands: file:line:column.', text),
      }),
    ),
  ),
});

const footerSchema = v.object({
  type: about('The last line: without it the run did not come to its end.', v.literal('footer')),
  counts: about('Calls by verdict.', countsSchema),
  judged: about('Clauses that were judged.', texts),
  notJudged: about('Clauses that were not.', texts),
  blockedCallers: about(
    'Callers that could not be made.',
    v.array(v.object({ caller: about('A name.', text), why: about('What stood in the way.', text) })),
  ),
  lost: about(
    'Cases without an answer, by the cause.',
    v.array(
      v.object({
        why: about('The cause.', text),
        cases: about('How many.', count),
        first: v.optional(about('The first of them, where it is a call alone.', text)),
      }),
    ),
  ),
  deaths: about('What probes died of.', texts),
  limits: about('Limits that the run came to.', texts),
  cases: about('Calls that were made.', count),
  scenarios: about('Scenarios that were made.', count),
  scenarioCounts: about('Scenarios by verdict.', countsSchema),
  seconds: about('How long it took.', count),
  casesPerSecond: about('Calls and scenarios a second.', count),
  interrupted: about('By a signal.', v.boolean()),
  status: about('What run ended with.', v.picklist([0, 1, 3, 130])),
  unjudged: about('Why it says too little, where it does.', v.optional(text)),
  pairs: about(
    'What was seen of every two flags.',
    v.object({
      flags: about('Names of flags.', texts),
      counts: about(
        'For every two: one, other, calls accepted, refused, and of these not as predicted.',
        v.array(v.tuple([count, count, count, count, count])),
      ),
    }),
  ),
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
