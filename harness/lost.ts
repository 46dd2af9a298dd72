import { signalName } from '../spec/index.js';

/**
 * Why a probe has no answer, in words: what `harness/probe/README.md` and `SCENARIOS.md` list under `lost`. Other words stay as they are.
 */
export function lostInWords(lost: string): string {
  const [, kind, rest = ''] = /^(signal (?=\d{1,3}$)|exit |arena: |timeout$)(.*)$/.exec(lost) ?? [];
  switch (kind) {
    case 'timeout':
      return "it was not over within the probe's time limit";
    case 'signal ':
      return `the process that ran it was ended or stopped by ${signalName(BigInt(rest)) ?? `signal ${rest}`}`;
    case 'exit ':
      return `the process that ran it exited with ${rest}${rest === '0' ? ', as the child of a call does' : ''}`;
    case 'arena: ':
      return `no process to run it could be made: ${rest}`;
    default:
      return lost;
  }
}

/** Why a step of a scenario has no result. Steps are counted from 1. */
export function lostStepInWords(step: number, steps: number, lost: string): string {
  const what = lost === 'timeout' ? "was not over within the probe's time limit, nor asleep" : `was lost: ${lost}`;
  return `step ${String(step)} of ${String(steps)} ${what}`;
}
