import * as v from 'valibot';
import { about } from '../../spec/rules/about.js';
import { headerSchema } from '../results/lines.js';

/** What commands write as JSON besides results, sweeps and traces. Nobody reads these back here; the schemas tell others how. */
const text = v.string();
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const level = v.picklist(['documented', 'linux']);
const call = v.picklist(['clone', 'clone3', 'fork', 'vfork']);

const refusalSchema = v.strictObject({
  id: about('The stable address of the clause.', text),
  errno: about('What it fails with.', text),
  source: about('Kernel file and function, and where a man page says it.', text),
  why: about('One sentence.', text),
  level: about('documented or linux, as in errors.yaml.', level),
});

/** An object of `explain --json`. */
export const explainSchema = v.strictObject({
  call: about('The call, as clonecheck prints it.', text),
  kernel: about('The Linux that is predicted.', text),
  caller: about('Who calls.', text),
  outcome: about('success, or the errno that wins.', text),
  allowed: about('Every answer that is allowed.', texts),
  clauses: about('Every refusal that holds, the one that wins first.', v.array(refusalSchema)),
  undecided: about('Refusals of which too little is known.', v.optional(v.array(refusalSchema))),
  recorded: about('The answer in the log.', v.optional(text)),
  conforms: about('It is one of those allowed.', v.optional(v.boolean())),
  impossible: about('No caller gets this answer from this Linux.', v.optional(v.literal(true))),
  possible: about('As whom the recorded answer would be so.', v.optional(text)),
  notJudged: about('Why the recorded answer is not judged.', v.optional(text)),
  line: about('Of the log.', v.optional(count)),
});

const OTHER_LINES = [
  'call begun',
  'signal',
  'exit',
  'strace',
  'stack trace',
  'other system call',
  'call without its beginning',
  'blank',
  'not of strace',
] as const;

/** The object of `explain --summary --json`. */
export const summarySchema = v.strictObject({
  lines: about('Lines of the log.', count),
  calls: about('Calls that end on one of them.', count),
  conform: about('Calls as predicted.', count),
  differ: about('Calls not as predicted for this caller.', count),
  impossible: about('Calls with an answer that no caller gets.', count),
  notJudged: about('Calls without an answer that can be judged.', count),
  notUnderstood: about('Calls that are not understood.', count),
  groups: about(
    'Calls that asked for the same and got the same answer, the most frequent first.',
    v.array(
      v.strictObject({
        flags: about('What was asked for.', text),
        answer: about('What was answered.', text),
        count: about('How many.', count),
        verdict: about('What it is held to be.', v.picklist(['conforms', 'differs', 'impossible', 'not judged'])),
        clause: about('The clause that explains the answer.', v.optional(text)),
        why: about('In a sentence.', v.optional(text)),
        lines: about('Of the log, the first few.', v.array(count)),
      }),
    ),
  ),
  others: about(
    'Lines on which no call ends, by what they are.',
    v.strictObject(v.entriesFromList(OTHER_LINES, v.optional(about('How many lines are that.', count)))),
  ),
});

/** The object of `doctor --format json`. */
export const doctorSchema = v.strictObject({
  target: about('As --target had it.', text),
  kernel: about('The Linux that it is held to.', text),
  release: about('What it reports of itself.', text),
  arch: about('The architecture.', text),
  probe: about('Whether the probe came with the package or was compiled here.', v.picklist(['package', 'compiler'])),
  self: about('As whom the probe runs.', v.record(text, v.unknown())),
  environment: about('What answers in place of the kernel.', texts),
  features: about('What the kernel is taken to have.', v.record(text, v.boolean())),
  callers: about(
    'Every named caller.',
    v.array(
      v.strictObject({
        name: about('Its name.', text),
        what: about('What it is.', text),
        blocked: about('Why it cannot be made.', v.optional(text)),
      }),
    ),
  ),
  judgeable: about('Refusals that can be judged.', texts),
  notJudgeable: about(
    'Refusals that cannot.',
    v.array(v.strictObject({ id: about('The clause.', text), why: about('What stands in the way.', text) })),
  ),
});

/** A line of `spec --format json`: a refusal. */
export const clauseLineSchema = v.strictObject({
  id: about('The stable address of the clause.', text),
  errno: about('What the call fails with.', text),
  calls: about('The calls that it is about.', v.array(call)),
  when: about('The condition.', text),
  requires: about('What a kernel needs to have it, or with ! to lack.', texts),
  since: about('Releases that have it.', v.optional(texts)),
  until: about('Releases that no longer do.', v.optional(texts)),
  level: about('documented or linux.', level),
  stage: about('The place where Linux checks it.', text),
  source: about('Kernel file and function.', text),
  man: about('Where a man page says it.', v.optional(text)),
  erratum: about('Where a man page says otherwise.', v.optional(text)),
  why: about('One sentence.', text),
  example: about(
    'The smallest case that it refuses.',
    v.optional(v.strictObject({ caller: about('Who calls.', text), call: about('What.', text) })),
  ),
  unjudged: about('Why no caller that the probe can make reaches it.', v.optional(text)),
  place: about(
    'Where the condition stands.',
    v.strictObject({
      file: about('Its name.', text),
      line: about('From 1 up.', v.optional(count)),
      column: about('From 1 up.', v.optional(count)),
    }),
  ),
  rank: about('Its place in the order of checking.', count),
});

const stateSchema = v.strictObject({
  state: about(
    'fail has a difference of its own; explained differed only in cases that another difference explains; absent: the run does not know the clause.',
    v.picklist(['pass', 'fail', 'explained', 'unstable', 'blocked', 'not-run', 'absent']),
  ),
  kinds: about('How it differs.', texts),
  cases: about('The smallest case of each kind.', texts),
  why: about('Why it was not judged.', v.optional(text)),
});

/** The object of `compare --format json`. */
export const comparisonSchema = v.strictObject({
  old: about('The header of the old run.', headerSchema),
  new: about('The header of the new run.', headerSchema),
  incomplete: about('Why a run is not whole.', texts),
  regressed: about('Something broke, or differs otherwise than it did.', v.boolean()),
  status: about('What compare ends with.', count),
  conclusion: about('In a sentence.', text),
  clauses: about(
    'Every clause that one of the runs knows.',
    v.array(
      v.strictObject({
        clause: about('The clause.', text),
        change: about(
          'What became of it.',
          v.picklist([
            'broke',
            'changed',
            'mended',
            'partly mended',
            'unstable',
            'no longer judged',
            'newly judged',
            'new',
            'removed',
            'same',
          ]),
        ),
        old: about('What the old run says of it.', stateSchema),
        new: about('What the new run says of it.', stateSchema),
        invalidFlags: about('A rule that refuses flags with EINVAL.', v.boolean()),
      }),
    ),
  ),
});

const value = v.union([
  v.number(),
  v.strictObject({ symbol: about('It stands for a number that only the target knows.', text) }),
  v.strictObject({ not: about('Any number but this one.', v.number()) }),
]);
const waked = v.optional(about('It slept until that step.', count));
const resultSchema = v.variant('kind', [
  v.strictObject({
    kind: about('It returned.', v.literal('returned')),
    value: about('What.', value),
    status: about('Of a wait: the status.', v.optional(v.number())),
    code: about('Of a waitid: si_code.', v.optional(v.number())),
    pid: about('Of a waitid: si_pid.', v.optional(value)),
    blocked: waked,
  }),
  v.strictObject({
    kind: about('It failed.', v.literal('failed')),
    errno: about('With what.', text),
    blocked: waked,
  }),
  v.strictObject({ kind: about('It never returned.', v.literal('blocked')) }),
  v.strictObject({
    kind: about('The task ended in it.', v.literal('gone')),
    how: about('How.', text),
    blocked: waked,
  }),
  v.strictObject({ kind: about('There is no such task.', v.literal('absent')) }),
  v.strictObject({
    kind: about('The specification says nothing about it.', v.literal('open')),
    asleepUntil: about('But that it had not returned before that step.', v.optional(count)),
  }),
]);

/** A line of `replay --format json` for a scenario. */
export const replaySchema = v.strictObject({
  caller: about('Who begins.', text),
  steps: about(
    'What each step should come to and came to.',
    v.array(
      v.strictObject({
        step: about('As people write it.', text),
        expected: about('By the model.', v.optional(resultSchema)),
        observed: about('By the target.', v.optional(resultSchema)),
      }),
    ),
  ),
  verdict: about('What follows.', v.picklist(['pass', 'fail', 'blocked', 'not-run'])),
  judges: about('Effects that it tells apart.', v.optional(texts)),
  clause: about('The effect whose absence explains all that was observed.', v.optional(text)),
  mismatch: about(
    'Where it differs first.',
    v.optional(
      v.strictObject({
        step: about('The step, from 0 up.', count),
        expected: about('By the model.', resultSchema),
        observed: about('By the target.', resultSchema),
        note: about('What a symbol was bound to.', v.optional(text)),
      }),
    ),
  ),
  why: about('Why it was not judged.', v.optional(text)),
});
