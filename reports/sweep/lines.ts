import * as v from 'valibot';
import { findingSchema, type FindingLine } from '../results/lines.js';
import { visibleLine } from '../../spec/text/visible.js';
import { about } from '../../spec/rules/about.js';

/** The lines of `sweep --format json`. Parts come from other machines, so each is held to its schema. */
const text = v.pipe(v.string(), v.transform(visibleLine));
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40));
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const counts = v.record(text, count);

const headerSchema = v.object({
  type: about('The first line.', v.literal('header')),
  command: about('Which command wrote it.', v.literal('sweep')),
  version: about('Of the program: another one may sweep other words.', text),
  target: about('As --target had it, or its name.', text),
  kernel: about('The Linux that the target is held to.', text),
  release: about('What the target reports of itself.', text),
  arch: about('The architecture.', text),
  order: about(
    'strict: where several refusals hold, the one of Linux must win; any: each may.',
    v.picklist(['strict', 'any']),
  ),
  startedAt: about('When it began, as ISO 8601 in UTC.', text),
  environment: about('What answers in place of the kernel there.', texts),
  part: about('3/16: the third of sixteen parts.', v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}\/[1-9]\d{0,6}$/))),
  spaces: about(
    'What is swept, as whom, and how many words that are in all parts together.',
    v.array(
      v.object({
        sweep: about('Its name.', text),
        caller: about('As whom.', text),
        what: about('In a few words.', text),
        words: about('In all parts together.', count),
      }),
    ),
  ),
});

const rangeSchema = v.object({
  type: about('A line for each range that was made.', v.literal('range')),
  sweep: about('What is swept.', text),
  caller: about('As whom.', text),
  from: about('The first place.', count),
  to: about('The place behind the last.', count),
  differences: about('Words that differ.', count),
  unstable: about('Words that differed once, and not when they were made again.', count),
  open: about('Words as predicted to which more than one answer is allowed.', count),
  outcomes: about('Words by their answer.', counts),
  notJudged: about('Words that could not be judged here, by the reason.', counts),
  lost: about('Words without an answer, by the reason.', counts),
  different: about('Places of some words that differ.', v.array(count)),
  seconds: about('How long it took.', seconds),
});

const footerSchema = v.object({
  type: about('The last line: without it the sweep did not come to its end.', v.literal('footer')),
  words: about('Words made.', count),
  differences: about('Those of them that differ.', count),
  unstable: about('That did not differ again.', count),
  open: about('That have more than one answer allowed.', count),
  notJudged: about('Words that could not be judged here, by the reason.', counts),
  lost: about('Words without an answer, by the reason.', counts),
  missing: about('Words of the part that were not come to.', count),
  seconds: about('How long it took.', seconds),
  wordsPerSecond: about('How fast it was.', count),
  interrupted: about('By a signal.', v.boolean()),
  deaths: about('What probes died of.', texts),
  limits: about('Limits that it came to.', texts),
  status: about('What sweep ended with.', v.picklist([0, 1, 3, 130])),
  unjudged: about('Why it says too little, where it does.', v.optional(text)),
});

export const sweepLineSchema = v.variant('type', [headerSchema, rangeSchema, findingSchema, footerSchema]);

export type SweepHeaderLine = v.InferOutput<typeof headerSchema>;
export type RangeLine = v.InferOutput<typeof rangeSchema>;
export type SweepFooterLine = v.InferOutput<typeof footerSchema>;
export type SweepLine = v.InferOutput<typeof sweepLineSchema>;

/** A sweep, as far as its lines tell of it. */
export interface SweepLines {
  readonly header: SweepHeaderLine;
  readonly ranges: readonly RangeLine[];
  readonly findings: readonly FindingLine[];
  /** Absent where whoever wrote the file did not come to its end. */
  readonly footer?: SweepFooterLine;
}
