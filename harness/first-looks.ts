import { KCMP_TYPES, callerNamed, parseStep, type Scenario } from '../spec/index.js';
import { LOOKS_ALONE } from './observers.js';

/** Looks that would reach the task's parent. */
const ABOUT_TASK_0 = /\(task 0|nspid\(0\)/;

/**
 * All that steps can look at, in the child of a plain fork. A run performs them whatever its seed, so that what the simplest scenario shows
 * is found each time: where a port lacks much, few of the grown ones are left.
 */
export function firstLooks(): readonly Scenario[] {
  const compared = Object.keys(KCMP_TYPES).map((type) => [`kcmp(task 0, task 1, ${type})`]);
  const looks = [...LOOKS_ALONE.filter((texts) => !texts.some((text) => ABOUT_TASK_0.test(text))), ...compared];
  return ['root', 'user'].map(callerNamed).flatMap((caller) =>
    looks.map((texts) => ({
      caller,
      steps: ['0: clone(SIGCHLD) → task 1', ...texts.map((text) => `1: ${text}`)].map((text) => parseStep(text)),
    })),
  );
}
