/**
 * Holds a kernel to what Linux does when a program calls clone(2), clone3(2), fork(2) or vfork(2): fast-check arbitraries of calls, callers
 * and scenarios, a model that predicts them, and targets on which they are made.
 *
 * @packageDocumentation
 */
export { calls, callers, flags, scenarios, type Scenario, type ScenarioOptions } from './arbitraries.js';
export { facts, type FactsOptions } from './facts.js';
export { predict, type Prediction, type Refusal } from './predict.js';
export { openTarget, type OpenOptions, type Target } from './target.js';
export { judge, type JudgeOptions, type Judgement, type Subject } from './judge.js';
export { conform, type ClauseVerdict, type Conformance } from './conform.js';
export type { ConformOptions } from './conform-options.js';
export { toConform, type MatcherResult } from './matcher.js';
export type { CallOptions } from '../generators/index.js';
export { ToolError } from '../harness/index.js';
export {
  ARCHITECTURES,
  CALLERS,
  CGROUP_FD_KINDS,
  CONFIG_NAMES,
  InputError,
  NAMESPACE_KINDS,
  clone,
  clone3,
  flagNames,
  flagValue,
  formatCall,
  formatFlags,
  parseCall,
  type Architecture,
  type Call,
  type Caller,
  type CallerFacts,
  type CgroupFdKind,
  type Clone3Call,
  type CloneArgs,
  type CloneCall,
  type ConfigName,
  type Facts,
  type ForkCall,
  type KernelFacts,
  type KernelVersion,
  type KnownTids,
  type Level,
  type NamedCaller,
  type NamespaceKind,
  type Order,
  type ParsedCall,
  type PidNsOwner,
  type Place,
  type Tid,
} from '../spec/index.js';
