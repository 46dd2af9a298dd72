import * as v from 'valibot';
import { findingSchema, type FindingLine } from '../results/lines.js';
import { visibleLine } from '../../spec/text/visible.js';

/** The lines of `sweep --format json`. Parts come from other machines, so each is held to its schema. */
const text = v.pipe(v.string(), v.transform(visibleLine));
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40));
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const counts = v.record(text, count);

const headerSchema = v.object({
  type: v.literal('header'),
  command: v.literal('sweep'),
  /** Of the program: another one may sweep other words. */
  version: text,
  target: text,
  /** The Linux that the target is held to, and the release that it reports. */
  kernel: text,
  release: text,
  arch: text,
  order: v.picklist(['strict', 'any']),
  startedAt: text,
  environment: texts,
  /** `3/16`: the third of sixteen parts. */
  part: v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}\/[1-9]\d{0,6}$/)),
  /** What is swept, as whom, and how many words that are in all parts together. */
  spaces: v.array(v.object({ sweep: text, caller: text, what: text, words: count })),
});

const rangeSchema = v.object({
  type: v.literal('range'),
  sweep: text,
  caller: text,
  /** Places of the space, from the first up to, but not including, the last. */
  from: count,
  to: count,
  differences: count,
  /** Words that differed once, and not when they were made again. */
  unstable: count,
  /** Words as predicted to which more than one answer is allowed. */
  open: count,
  outcomes: counts,
  notJudged: counts,
  lost: counts,
  /** Places of some words that differ. */
  different: v.array(count),
  seconds,
});

const footerSchema = v.object({
  type: v.literal('footer'),
  /** Words made, those of them that differ, that did not differ again, that have more than one answer allowed. */
  words: count,
  differences: count,
  unstable: count,
  open: count,
  /** Words that could not be judged here, and words without an answer, by the reason. */
  notJudged: counts,
  lost: counts,
  /** Words of the part that were not come to. */
  missing: count,
  seconds,
  wordsPerSecond: count,
  interrupted: v.boolean(),
  deaths: texts,
  limits: texts,
  /** What `sweep` ended with, and why it says too little where it does. */
  status: v.picklist([0, 1, 3, 130]),
  unjudged: v.optional(text),
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
