/**
 * What the calls must do: flags, clauses and callers as data, and a model that predicts a call from facts. Knows nothing of
 * processes, files to run, or terminals.
 */
export {
  FLAGS,
  HISTORICAL_FLAGS,
  CSIGNAL,
  flagNames,
  flagValue,
  flagsSchema,
  type Flag,
  type HistoricalFlag,
} from './flags.js';
export { FEATURES, featuresSchema, hasFeature, type Feature } from './features.js';
export {
  ERROR_CLAUSES,
  errorsSchema,
  parseErrorClauses,
  type AcceptClause,
  type Clause,
  type ErrorClauses,
  type Level,
} from './clauses.js';
export { CALLERS, callerNamed, callersSchema, nominalFacts, type Caller, type NamedCaller } from './callers.js';
export {
  CLONE_ARGS_FIELDS,
  CLONE_ARGS_SIZE_VER2,
  NO_ARGS,
  clone,
  clone3,
  type Call,
  type CallName,
  type Clone3Call,
  type CloneArgs,
  type CloneCall,
  type ForkCall,
  type Tid,
} from './model/call.js';
export { applyAttribute } from './model/attributes.js';
export { ERRNO_NAMES, type Errno, type Outcome } from './model/errno.js';
export {
  ARCHITECTURES,
  CGROUP_FD_KINDS,
  CONFIG_NAMES,
  NAMESPACE_KINDS,
  type Architecture,
  type CallerFacts,
  type CgroupFdKind,
  type ConfigName,
  type Facts,
  type KernelFacts,
  type KnownTids,
  type NamespaceKind,
  type PidNsOwner,
} from './model/facts.js';
export { CAPABILITIES, PID_MAX_LIMIT } from './model/kernel-limits.js';
export { DESCRIPTOR, accessible, NAMED_POINTERS, EDGE, NONE, RO, RW, STACK, STACK_SIZE, TIDS } from './model/memory.js';
export { ALL_CAPABILITIES, NEWEST_KERNEL, ROOT, nominalKernel } from './model/nominal.js';
export { possibleAnswer, type Possible } from './model/possible.js';
export { BitModel, NOTHING, OPEN } from './bits/bit-model.js';
export { predict, type Order, type Prediction } from './model/predict.js';
export { SPECIFICATION, Specification, absence } from './model/specification.js';
export { VOCABULARY } from './model/vocabulary.js';
export { InputError, didYouMean, formatPlace, type Place } from './rules/input-error.js';
export { packageRoot, readSpecFile } from './rules/spec-file.js';
export {
  compareVersions,
  formatKernelVersion,
  hasChange,
  parseKernelVersion,
  type Change,
  type KernelVersion,
} from './rules/version.js';
export { formatCall, formatFlags } from './text/format.js';
export { parseCall, type ParsedCall } from './text/parse.js';
export { SIGCHLD, signalName } from './text/signals.js';
export { EFFECTS, effectsSchema, isHeldTo, whyNotHeldTo, parseEffects, type Effect } from './effects.js';
export { SHARED } from './model/kernel/kernel.js';
export { simulate, startKernel, type RunningKernel, type Simulation } from './model/kernel/simulate.js';
export { concrete } from './scenario/concrete.js';
export { compareTraces, type Mismatch } from './scenario/compare.js';
export type { Operation, OperationOf, Scenario, Step, StepResult, Value } from './scenario/scenario.js';
export { DEATH_BY_SIGNAL, lookOf } from './scenario/looks.js';
export { OPERATIONS, argumentsOf, type OperationName } from './scenario/operations.js';
export { DISPOSITIONS, KCMP_TYPES, NS_KINDS, type NsKind } from './scenario/words.js';
export { formatResult, formatStep } from './scenario/text.js';
export { parseStep } from './scenario/parse.js';
export { isContained, whyNotContained, whyNotContainedCall } from './scenario/contained.js';
export { caseSchema, located, parseCaseFile, readSubject, type StoredCase } from './case-file.js';
export { needsRealRoot } from './needs-root.js';
export { readExamples, type Example } from './examples.js';
export {
  LIBC,
  libcSchema,
  parseLibc,
  type ExpectedCalls,
  type LibcClause,
  type LibcExpected,
  type Said,
} from './libc.js';
export * from './mutation/index.js';
