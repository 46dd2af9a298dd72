/** What a relay does to what goes through it. */
export type Harm =
  | { readonly kind: 'none' }
  /** Everything goes through in pieces of a few bytes. */
  | { readonly kind: 'split' }
  /** To the probe (depth 0), or one that it made, that many generations down. */
  | { readonly kind: 'signal'; readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGSEGV' | 'SIGTERM'; readonly depth: number }
  | { readonly kind: 'close'; readonly which: 'input' | 'output' }
  /** What the probe never said, so many times without a break. */
  | { readonly kind: 'line'; readonly text: string; readonly times?: number }
  /** A limit for the probe and all that it made, in the words of prlimit(1). */
  | { readonly kind: 'limit'; readonly what: string };

/** A harm, and when: after so many bytes of the probe's output. */
export interface RelayPlan {
  readonly harm: Harm;
  readonly at: number;
  /** A file that tells later relays that it has been done. */
  readonly struck: string;
  /** Whose processes the probe's are, where they are not ours. */
  readonly uid?: number;
  /** Every probe is harmed, not the first alone. */
  readonly each?: true;
}

export function isNamed(signal: NodeJS.Signals | null): signal is NodeJS.Signals {
  return signal !== null;
}
