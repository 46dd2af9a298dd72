import * as v from 'valibot';
import { InputError } from '../spec/index.js';
import { about } from '../spec/rules/about.js';

/**
 * Lines that a probe writes, as `harness/probe/README.md` describes them. They come from targets that may be broken or
 * hostile, so each is held to its schema before anything is made of it.
 */
/** Infinity and fractions are no numbers of a kernel's. */
const whole = v.pipe(v.number(), v.integer());
const nullable = <S extends v.GenericSchema>(schema: S): v.NullishSchema<S, null> => v.nullish(schema, null);

const namespaceLimits = v.object({
  user: about('Of user namespaces.', nullable(whole)),
  pid: about('Of pid namespaces.', nullable(whole)),
  uts: about('Of uts namespaces.', nullable(whole)),
  ipc: about('Of ipc namespaces.', nullable(whole)),
  net: about('Of net namespaces.', nullable(whole)),
  mnt: about('Of mnt namespaces.', nullable(whole)),
  cgroup: about('Of cgroup namespaces.', nullable(whole)),
  time: about('Of time namespaces.', nullable(whole)),
});

const cgroupFd = v.picklist(['child', 'directory', 'file', 'v1', 'removed', 'invalid', 'busy', 'threaded', 'closed']);

const factsSchema = v.object({
  uid: about('Real user id.', whole),
  euid: about('Effective user id.', whole),
  gid: about('Real group id.', whole),
  egid: about('Effective group id.', whole),
  kuid: about('The real user id in the initial user namespace.', nullable(whole)),
  cap_effective: about('Effective capabilities, hexadecimal.', v.pipe(v.string(), v.regex(/^(0x)?[0-9a-f]{1,16}$/))),
  no_new_privs: about('PR_SET_NO_NEW_PRIVS.', v.boolean()),
  user_ns_initial: about('It is in the initial user namespace.', v.boolean()),
  user_ns_level: about('Depth of its user namespace; 0: the initial one.', nullable(whole)),
  user_ns_level_most: about(
    'Where its depth is not known, what it is at most; null or absent: as deep as namespaces go.',
    v.optional(nullable(whole)),
  ),
  euid_mapped: about('Its effective user id is mapped.', v.boolean()),
  egid_mapped: about('Its effective group id is mapped.', v.boolean()),
  max_namespaces: about(
    'The lowest user.max_*_namespaces on the way to the initial user namespace; null: there is none.',
    namespaceLimits,
  ),
  chrooted: about('Its root is not that of its mount namespace.', nullable(v.boolean())),
  pid_ns_level: about('Depth of its PID namespace; 0: the initial one.', nullable(whole)),
  pid_ns_level_most: about('The same of its PID namespace.', v.optional(nullable(whole))),
  pid_ns_owners: about(
    'Whose each of its PID namespaces is, innermost first: of its own user namespace, of one around it or below it; null: not known.',
    v.optional(v.array(v.nullable(v.picklist(['own', 'outer', 'inner']))), []),
  ),
  pid_ns_init: about('It is process 1 of its PID namespace.', v.boolean()),
  pid_ns_owner_is_ancestor: about(
    'The user namespace that owns its PID namespace is its own or one around it.',
    v.boolean(),
  ),
  pid_ns_for_children: about(
    'same, empty (another one, without an init yet), living, or dead (its init has exited).',
    v.picklist(['same', 'empty', 'living', 'dead']),
  ),
  time_ns_for_children: about(
    'Whether it is its own; null without time namespaces.',
    nullable(v.picklist(['same', 'other'])),
  ),
  threads: about('Tasks in its thread group.', whole),
  sched_policy: about('SCHED_ number.', whole),
  sched_reset_on_fork: about('SCHED_FLAG_RESET_ON_FORK.', v.boolean()),
  rlimit_nproc: about('RLIMIT_NPROC; null: unlimited.', nullable(whole)),
  nproc_count: about('Tasks of its real user, itself included; null: others may have the same user.', nullable(whole)),
  fd_room: about('Another descriptor can be opened.', v.boolean()),
  pid_max: about('kernel.pid_max.', whole),
  tids: about('Its TID in each PID namespace, innermost first.', v.array(whole)),
  seccomp: about('The mode in /proc/self/status; null: not known.', nullable(whole)),
  seccomp_filter: about(
    'none, container (the attribute of that name), or unknown: one that was there before.',
    v.picklist(['none', 'container', 'unknown']),
  ),
  cgroup_fds: about('What each named cgroup descriptor is.', v.record(v.string(), cgroupFd)),
  cgroup_writable: about(
    'It may write to cgroup.procs of descriptor 10; null: there is none.',
    v.optional(v.nullable(v.boolean()), null),
  ),
  cgroup_missing: about('Why a kind of cgroup is not there.', v.optional(v.record(v.string(), v.string()), {})),
  pids_limit_reached: about('It has the attribute pids-max.', v.boolean()),
  autoreap: about('It has the attribute autoreap.', v.optional(v.boolean(), false)),
});

const headerSchema = v.object({
  type: about('The first line.', v.literal('header')),
  protocol: about('Of the probe.', v.literal(1)),
  arch: about('Of the probe.', v.picklist(['x86_64', 'aarch64', 'riscv64', 'i386', 'arm'])),
  release: about('uname -r.', v.string()),
  version: about('uname -v.', v.optional(v.string(), '')),
  machine: about('uname -m.', v.optional(v.string(), '')),
  compat: about('Of a 32-bit one: a 64-bit kernel is behind it.', v.optional(v.boolean())),
  page_size: about('In bytes.', whole),
  la57: about('Five levels of page tables; null: not known.', v.optional(v.nullable(v.boolean()), null)),
  ns: about('Kinds of namespaces that /proc/self/ns has.', v.array(v.string())),
  sysctl: about('Values that matter.', v.record(v.string(), whole)),
  cgroup2: about('Where version 2 of cgroups is mounted; null: nowhere.', v.optional(v.nullable(v.string()), null)),
  lsm: about('Security modules; null: not known.', v.optional(v.nullable(v.string()), null)),
});

const callerSchema = v.object({
  type: about('Before its cases: what a caller says of itself.', v.literal('caller')),
  name: about('Its name.', v.string()),
  attributes: about('What the probe made of itself.', v.array(v.string())),
  facts: about('What it then is.', v.optional(factsSchema)),
  blocked: about('Why it could not be made.', v.optional(v.string())),
});

const footerSchema = v.object({
  type: about('The last line: without it the trace is not whole.', v.literal('footer')),
  cases: about('How many cases there are.', whole),
  asked: about('Chosen by hand: no clause was missed that they do not tell apart.', v.optional(v.boolean(), false)),
});

const stepSchema = v.object({
  ret: about('What it returned.', v.optional(whole)),
  errno: about('What it failed with.', v.optional(v.string())),
  status: about('A wait status.', v.optional(whole)),
  code: about('si_code of a wait.', v.optional(whole)),
  pid: about('Whose status.', v.optional(whole)),
  blocked: about(
    'It slept: until that step, or (true) at the end of the scenario.',
    v.optional(v.union([whole, v.literal(true)])),
  ),
  gone: about('How its task ended before.', v.optional(v.string())),
  absent: about('Its task was not there.', v.optional(v.literal(true))),
  lost: about('Why it gave no answer.', v.optional(v.string())),
});

const sweepSchema = v.object({
  words: about('How many were made.', whole),
  outcomes: about(
    'Errnos, child, lost or other; letters stand for them in turn.',
    v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9 ]{1,24}$/))),
  ),
  blocks: about('The letters of 256 words, each kind of block once.', v.array(v.string())),
  runs: about(
    'The place of a block in that list, and how often it comes in a row.',
    v.array(v.tuple([whole, v.pipe(v.number(), v.integer(), v.minValue(1))])),
  ),
});

const resultSchema = v.object({
  sweep: about('What a range of flag words answered.', v.optional(sweepSchema)),
  steps: about('What each step of a scenario came to.', v.optional(v.array(stepSchema))),
  scenario: about('The steps, as exec writes them.', v.optional(v.array(v.string()))),
  call: about('The call, as exec writes it.', v.optional(v.string())),
  id: about('The number of the case, as it was asked.', v.string()),
  errno: about('What the call failed with.', v.optional(v.string())),
  pid: about('What it returned.', v.optional(v.nullable(whole))),
  signal: about('What its child died of.', v.optional(whole)),
  lost: about('Why there is no answer.', v.optional(v.string())),
  blocked: about('Why it was not made.', v.optional(v.string())),
  error: about('What the probe did not understand.', v.optional(v.string())),
});

const typedSchema = v.variant('type', [headerSchema, callerSchema, footerSchema]);

/** A line of a trace. */
export const traceLineSchema = v.union([typedSchema, resultSchema]);

export type RawFacts = v.InferOutput<typeof factsSchema>;
export type TraceHeader = v.InferOutput<typeof headerSchema>;
export type TraceCaller = v.InferOutput<typeof callerSchema>;
export type TraceResult = v.InferOutput<typeof resultSchema>;
export type TraceStep = v.InferOutput<typeof stepSchema>;
export type TraceLine = v.InferOutput<typeof typedSchema> | TraceResult;

/** The longest line that is looked at, in characters. */
const LONGEST_LINE = 65_536;

/** `{"id":"12","errno":"EINVAL"}`: nearly every line, read without a JSON parser. */
const REFUSED = /^\{"id":"([\w.-]{1,32})","errno":"([A-Z0-9 ]{1,24})"\}$/;
const CHILD = /^\{"id":"([\w.-]{1,32})","pid":(\d{1,10})\}$/;

/**
 * Reads a line of a trace.
 *
 * @throws InputError where it is no such line: cut off, not JSON, or not what the protocol has
 */
export function parseTraceLine(text: string, place: { file: string; line: number }): TraceLine {
  const refused = REFUSED.exec(text);
  if (refused !== null) return { id: refused[1] ?? '', errno: refused[2] ?? '' };
  const child = CHILD.exec(text);
  if (child !== null) return { id: child[1] ?? '', pid: Number(child[2]) };
  if (text.length > LONGEST_LINE) throw wrong(`a line of ${String(text.length)} characters`, place);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong(`${JSON.stringify(text.slice(0, 60))} is no JSON`, place);
  }
  const typed = typeof json === 'object' && json !== null && 'type' in json;
  const result = v.safeParse(typed ? typedSchema : resultSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.');
  throw wrong(`no line of a trace: ${path === '' ? '' : `${path}: `}${issue.message}`, place);
}

function wrong(what: string, place: { file: string; line: number }): InputError {
  return new InputError(what, 'a trace is what the probe or `clonecheck exec` writes, whole lines of JSON', place);
}
