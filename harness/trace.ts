import * as v from 'valibot';
import { InputError } from '../spec/index.js';

/**
 * Lines that a probe writes, as `harness/probe/README.md` describes them. They come from targets that may be broken or
 * hostile, so each is held to its schema before anything is made of it.
 */
/** Infinity and fractions are no numbers of a kernel's. */
const whole = v.pipe(v.number(), v.integer());
const nullable = <S extends v.GenericSchema>(schema: S): v.NullishSchema<S, null> => v.nullish(schema, null);

const namespaceLimits = v.object({
  user: nullable(whole),
  pid: nullable(whole),
  uts: nullable(whole),
  ipc: nullable(whole),
  net: nullable(whole),
  mnt: nullable(whole),
  cgroup: nullable(whole),
  time: nullable(whole),
});

const cgroupFd = v.picklist(['child', 'directory', 'file', 'v1', 'removed', 'invalid', 'busy', 'threaded', 'closed']);

const factsSchema = v.object({
  uid: whole,
  euid: whole,
  gid: whole,
  egid: whole,
  kuid: nullable(whole),
  cap_effective: v.pipe(v.string(), v.regex(/^(0x)?[0-9a-f]{1,16}$/)),
  no_new_privs: v.boolean(),
  user_ns_initial: v.boolean(),
  user_ns_level: nullable(whole),
  euid_mapped: v.boolean(),
  egid_mapped: v.boolean(),
  max_namespaces: namespaceLimits,
  chrooted: nullable(v.boolean()),
  pid_ns_level: nullable(whole),
  pid_ns_owners: v.optional(v.array(v.nullable(v.picklist(['own', 'outer', 'inner']))), []),
  pid_ns_init: v.boolean(),
  pid_ns_owner_is_ancestor: v.boolean(),
  pid_ns_for_children: v.picklist(['same', 'empty', 'living', 'dead']),
  time_ns_for_children: nullable(v.picklist(['same', 'other'])),
  threads: whole,
  sched_policy: whole,
  sched_reset_on_fork: v.boolean(),
  rlimit_nproc: nullable(whole),
  nproc_count: nullable(whole),
  fd_room: v.boolean(),
  pid_max: whole,
  tids: v.array(whole),
  seccomp: nullable(whole),
  seccomp_filter: v.picklist(['none', 'container', 'unknown']),
  cgroup_fds: v.record(v.string(), cgroupFd),
  cgroup_writable: v.optional(v.nullable(v.boolean()), null),
  cgroup_missing: v.optional(v.record(v.string(), v.string()), {}),
  pids_limit_reached: v.boolean(),
  autoreap: v.optional(v.boolean(), false),
});

const headerSchema = v.object({
  type: v.literal('header'),
  protocol: v.literal(1),
  arch: v.picklist(['x86_64', 'aarch64', 'riscv64', 'i386', 'arm']),
  release: v.string(),
  version: v.optional(v.string(), ''),
  machine: v.optional(v.string(), ''),
  page_size: whole,
  la57: v.optional(v.nullable(v.boolean()), null),
  ns: v.array(v.string()),
  sysctl: v.record(v.string(), whole),
  cgroup2: v.optional(v.nullable(v.string()), null),
  lsm: v.optional(v.nullable(v.string()), null),
});

const callerSchema = v.object({
  type: v.literal('caller'),
  name: v.string(),
  attributes: v.array(v.string()),
  facts: v.optional(factsSchema),
  blocked: v.optional(v.string()),
});

/** `asked`: the cases were chosen by hand, and no clause was missed that they do not tell apart. */
const footerSchema = v.object({ type: v.literal('footer'), cases: whole, asked: v.optional(v.boolean(), false) });

const stepSchema = v.object({
  ret: v.optional(whole),
  errno: v.optional(v.string()),
  status: v.optional(whole),
  code: v.optional(whole),
  pid: v.optional(whole),
  blocked: v.optional(v.union([whole, v.literal(true)])),
  gone: v.optional(v.string()),
  absent: v.optional(v.literal(true)),
  lost: v.optional(v.string()),
});

const sweepSchema = v.object({
  words: whole,
  outcomes: v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9 ]{1,24}$/))),
  blocks: v.array(v.string()),
  runs: v.array(v.tuple([whole, v.pipe(v.number(), v.integer(), v.minValue(1))])),
});

const resultSchema = v.object({
  sweep: v.optional(sweepSchema),
  steps: v.optional(v.array(stepSchema)),
  scenario: v.optional(v.array(v.string())),
  call: v.optional(v.string()),
  id: v.string(),
  errno: v.optional(v.string()),
  pid: v.optional(v.nullable(whole)),
  signal: v.optional(whole),
  lost: v.optional(v.string()),
  blocked: v.optional(v.string()),
  error: v.optional(v.string()),
});

const typedSchema = v.variant('type', [headerSchema, callerSchema, footerSchema]);

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
