import { constants } from 'node:os';
import type { LibcClause } from '../../spec/index.js';
import { startProbe } from '../probe-process.js';
import { parseTraceLine, type CaseTrace, type LibcHeader } from './trace.js';

/** A case to be run: what is refused comes from its clause. */
export interface LibcCase {
  readonly clause: LibcClause;
  /** The program that has it. */
  readonly path: string;
}

/** What came of cases. */
export interface TracedCases {
  readonly header: LibcHeader | undefined;
  /** In the order of the cases; undefined where there was no answer. */
  readonly traces: readonly (CaseTrace | undefined)[];
  /** How the tracer ended; and the same where it ended before it had answered. */
  readonly ended: string;
  readonly death?: string;
}

/** The line of a case: `NAME ANSWER PATH`. */
export function caseLine({ clause: { id, refused }, path }: LibcCase): string {
  const answer = refused === undefined ? '-' : `${refused.calls}:${String(numberOf(refused.errno))}`;
  return `${nameOf(id)} ${answer} ${path}\n`;
}

/** `clone-null-fn` for libc/clone-null-fn. */
export function nameOf(id: string): string {
  return id.replace(/^libc\//, '');
}

function numberOf(errno: string): number {
  const number = Object.entries(constants.errno).find(([name]) => name === errno)?.[1];
  if (number === undefined) throw new Error(`${errno} has no number here`);
  return number;
}

/**
 * Runs cases under a tracer, one after the other.
 *
 * @param signal - ends it; what was answered is kept
 */
export async function traceCases(
  tracer: string,
  cases: readonly LibcCase[],
  signal?: AbortSignal,
): Promise<TracedCases> {
  let text = '';
  const process = startProbe({ file: tracer, args: [] }, (piece) => {
    text += piece;
  });
  const stop = (): void => {
    process.kill();
  };
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted !== true) for (const each of cases) process.write(caseLine(each));
    process.end();
    const ended = await process.ended;
    const lines = text.split('\n').slice(0, -1).map(parseTraceLine);
    const header = lines.find((line) => line.type === 'header');
    const traces = lines.flatMap((line) => (line.type === 'result' ? [line] : []));
    return {
      header,
      ended,
      traces: cases.map((_, index) => traces[index]),
      ...(traces.length < cases.length && signal?.aborted !== true && { death: ended }),
    };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
